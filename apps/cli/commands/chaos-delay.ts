// aitbc chaos delay A,B MS: delays the frames between two nodes, both ways.

import type { Command } from 'commander'
import { HEALTHY } from '../../../transport/chaos/faults.ts'
import { type ChaosOptions, chaos, chaosCommand, withFor } from '../chaos/chaos-command.ts'
import { linkFault } from '../chaos/link-faults.ts'
import { readDuration, readPair, readWholeMs } from '../chaos/read-values.ts'
import type { Terminal } from '../terminal.ts'

export function chaosDelayCommand(terminal: Terminal): Command {
  const command = chaosCommand('delay', 'delay the frames between two nodes')
  return withFor(command, 'heal after so long; without it, ./aitbc chaos heal ends it')
    .argument('<pair>', 'A,B')
    .argument('<ms>', 'milliseconds each way')
    .option('--jitter <ms>', 'up to so many more, drawn for each frame', '0')
    .action((pair: string, ms: string, options: ChaosOptions & { readonly jitter: string }) => {
      const forMs = options.for === undefined ? undefined : readDuration(options.for)
      const [a, b] = readPair(pair)
      const delayMs = readWholeMs(ms)
      const jitterMs = readWholeMs(options.jitter)
      const more = jitterMs > 0 ? ` and up to ${jitterMs} ms more` : ''
      return chaos(terminal, options, ({ cluster }) =>
        linkFault(cluster, {
          left: [a],
          right: [b],
          faults: { ...HEALTHY, delayMs, jitterMs },
          oneWay: false,
          forMs,
          what: `frames between ${a} and ${b} take ${delayMs} ms${more} each way`,
          effect: {
            text: 'blocks led by one of them are later; one slow pair stops no chain',
            standsStill: false,
          },
        }),
      )
    })
}

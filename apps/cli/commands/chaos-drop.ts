// aitbc chaos drop A,B PERCENT: loses a share of the frames between two nodes, both ways.

import type { Command } from 'commander'
import { HEALTHY } from '../../../transport/chaos/faults.ts'
import { type ChaosOptions, chaos, chaosCommand, withFor } from '../chaos/chaos-command.ts'
import { linkFault } from '../chaos/link-faults.ts'
import { readDuration, readPair, readShare } from '../chaos/read-values.ts'
import type { Terminal } from '../terminal.ts'

export function chaosDropCommand(terminal: Terminal): Command {
  const command = chaosCommand('drop', 'lose a share of the frames between two nodes')
  return withFor(command, 'heal after so long; without it, ./aitbc chaos heal ends it')
    .argument('<pair>', 'A,B')
    .argument('<percent>', 'of the frames, above 0 and at most 100')
    .action((pair: string, percent: string, options: ChaosOptions) => {
      const forMs = options.for === undefined ? undefined : readDuration(options.for)
      const [a, b] = readPair(pair)
      const drop = readShare(percent)
      return chaos(terminal, options, ({ cluster }) =>
        linkFault(cluster, {
          left: [a],
          right: [b],
          faults: { ...HEALTHY, drop },
          oneWay: false,
          forMs,
          what: `${(drop * 100).toFixed(1)} % of the frames between ${a} and ${b} are lost`,
          effect: {
            text: 'votes and answers are late or asked for again; one slow pair stops no chain',
            standsStill: false,
          },
        }),
      )
    })
}

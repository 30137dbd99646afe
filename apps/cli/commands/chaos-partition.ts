// aitbc chaos partition A,B|C,D: cuts the connections between two sides, both ways or one.

import type { Command } from 'commander'
import { HEALTHY } from '../../../transport/chaos/faults.ts'
import { nodeNamed } from '../chaos/chaos-cluster.ts'
import { type ChaosOptions, chaos, chaosCommand, withFor } from '../chaos/chaos-command.ts'
import { effectOfCut } from '../chaos/consequence.ts'
import { linkFault } from '../chaos/link-faults.ts'
import { readDuration, readSides } from '../chaos/read-values.ts'
import type { Terminal } from '../terminal.ts'

export function chaosPartitionCommand(terminal: Terminal): Command {
  const command = chaosCommand('partition', 'cut the connections between two sides')
  return withFor(command, 'heal after so long; without it, ./aitbc chaos heal ends it')
    .argument('<sides>', 'A,B|C,D, or A,B for these against all others (quote the bar)')
    .option('--one-way', 'only what the first side sends is cut off')
    .action((text: string, options: ChaosOptions & { readonly oneWay?: boolean }) => {
      const forMs = options.for === undefined ? undefined : readDuration(options.for)
      const oneWay = options.oneWay === true
      return chaos(terminal, options, ({ cluster, validators }) => {
        const names = cluster.nodes.map(({ name }) => name)
        const { left, right } = readSides(text, names)
        for (const name of [...left, ...right]) nodeNamed(cluster, name)
        const arrow = oneWay ? 'is not heard by' : 'is cut off from'
        return linkFault(cluster, {
          left,
          right,
          faults: { ...HEALTHY, block: true },
          oneWay,
          forMs,
          what: `${left.join(', ')} ${arrow} ${right.join(', ')}`,
          effect: effectOfCut(validators, left, right, oneWay),
        })
      })
    })
}

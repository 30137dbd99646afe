// aitbc chaos kill NODE: ends the node's process at once, as a crash does.

import type { Command } from 'commander'
import { nodeNamed } from '../chaos/chaos-cluster.ts'
import { type ChaosOptions, chaos, chaosCommand, withFor } from '../chaos/chaos-command.ts'
import { killFault } from '../chaos/node-faults.ts'
import { readDuration } from '../chaos/read-values.ts'
import type { Terminal } from '../terminal.ts'

export function chaosKillCommand(terminal: Terminal): Command {
  const command = chaosCommand('kill', 'kill the process of a node; its supervisor starts it again')
  return withFor(command, 'keep it down for so long')
    .argument('<node>', 'name of the node')
    .action((name: string, options: ChaosOptions) => {
      const forMs = options.for === undefined ? undefined : readDuration(options.for)
      return chaos(terminal, options, ({ cluster, validators }) =>
        killFault(cluster, nodeNamed(cluster, name), validators, forMs),
      )
    })
}

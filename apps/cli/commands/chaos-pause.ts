// aitbc chaos pause NODE: the node's process stands still for a while, and does not know it.

import type { Command } from 'commander'
import { nodeNamed } from '../chaos/chaos-cluster.ts'
import { type ChaosOptions, chaos, chaosCommand } from '../chaos/chaos-command.ts'
import { pauseFault } from '../chaos/node-faults.ts'
import { readDuration } from '../chaos/read-values.ts'
import type { Terminal } from '../terminal.ts'

const FOR_DEFAULT = '3s'

export function chaosPauseCommand(terminal: Terminal): Command {
  return chaosCommand('pause', 'let the process of a node stand still')
    .option('--for <duration>', 'for so long', FOR_DEFAULT)
    .argument('<node>', 'name of the node')
    .action((name: string, options: ChaosOptions) => {
      const forMs = readDuration(options.for ?? FOR_DEFAULT)
      return chaos(terminal, options, ({ cluster, validators }) =>
        pauseFault(cluster, nodeNamed(cluster, name), validators, forMs),
      )
    })
}

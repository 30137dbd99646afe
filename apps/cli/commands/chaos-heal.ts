// aitbc chaos heal: ends every fault that was set, and waits until the cluster has recovered.

import type { Command } from 'commander'
import { type ChaosOptions, chaos, chaosCommand } from '../chaos/chaos-command.ts'
import { healLinks } from '../chaos/link-faults.ts'
import { releaseNodes } from '../chaos/node-faults.ts'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

export function chaosHealCommand(terminal: Terminal): Command {
  return chaosCommand('heal', 'end all faults, and wait for the cluster to recover').action(
    (options: ChaosOptions) =>
      chaos(terminal, options, ({ cluster }) => ({
        what: 'all faults of connections and nodes are ended',
        effect: { text: 'whatever stood still goes on', standsStill: false },
        stays: false,
        async begin() {
          releaseNodes(cluster)
          const silent = await healLinks(cluster)
          if (silent.length === 0) return
          throw new CliError(
            'UNREACHABLE',
            `${silent.join(', ')} could not be healed`,
            'the admin server there does not answer',
            'if the node is being started again it has no faults: run this once more',
          )
        },
      })),
  )
}

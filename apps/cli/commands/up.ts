// aitbc up: starts the cluster of a topology file, in this process or (--detach) in one of its
// own.

import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { MODE_CHOICES } from '../../../config/node-settings.ts'
import { baseCommand, speaker } from '../base-command.ts'
import { readTopology } from '../read-topology.ts'
import { startPlace, withStartOptions } from '../start-options.ts'
import type { Terminal } from '../terminal.ts'
import type { UpOptions } from '../up-options.ts'

const DEFAULT_TOPOLOGY = 'config/topologies/dev.yaml'

async function topologyFile(given: string | undefined, terminal: Terminal): Promise<string> {
  if (given !== undefined) return resolve(terminal.cwd, given)
  const { packageRoot } = await import('../../../lib/package-root.ts')
  return join(packageRoot(), DEFAULT_TOPOLOGY)
}

export function upCommand(terminal: Terminal): Command {
  return withStartOptions(baseCommand('up', 'start the cluster of a topology file'))
    .argument('[topology]', `YAML file (default ${DEFAULT_TOPOLOGY})`)
    .addOption(
      new Option('--ports <how>', 'auto picks free ports, topology takes those of the file')
        .choices(['auto', 'topology'])
        .default('topology'),
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'consensus mode of a new chain; AUTO follows the load (default: as the network says)',
      ).choices(MODE_CHOICES),
    )
    .option('--detach', 'return when the cluster is ready, and leave it running')
    .option('--quiet', 'print warnings and errors only')
    .option('--reset', 'start a new chain: removes what the data folder holds')
    .action(async (given: string | undefined, options: UpOptions) => {
      const file = await topologyFile(given, terminal)
      const topology = await readTopology(file)
      const place = await startPlace(options, terminal, topology)
      const { data } = place
      const { refuseWhenRunning, resetData } = await import('../data-folder.ts')
      refuseWhenRunning(data)
      if (options.reset) {
        const removed = resetData(data)
        const say = speaker(options, terminal)
        if (removed && !options.quiet) {
          say.line(` removed ${data}. Browser wallets cache nonces: clear their activity data.`)
        }
      }
      if (options.detach) {
        const { upDetached } = await import('../up-detached.ts')
        await upDetached({ file, ...place, options, terminal })
      } else {
        const { upForeground } = await import('../up-foreground.ts')
        await upForeground({ topology, ...place, options, terminal })
      }
    })
}

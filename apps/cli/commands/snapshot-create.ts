// aitbc snapshot create: writes the state after a final block into a folder, also while the node
// runs.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import type { Terminal } from '../terminal.ts'

interface CreateOptions extends BaseOptions {
  readonly out: string
  readonly node?: string
  readonly network?: string
}

export function snapshotCreateCommand(terminal: Terminal): Command {
  return baseCommand('create', 'write a snapshot of a node’s state; the node may run')
    .requiredOption('--out <dir>', 'folder for it, new or empty')
    .option('--node <name>', 'whose state; the first node by default')
    .option('--network <name>', 'its network, or the file of it')
    .action(async (options: CreateOptions) => {
      const { nodeStore, genesisOf, networkOf } = await import('../node-store.ts')
      const { LmdbStore } = await import('../../../storage/lmdb/lmdb-store.ts')
      const { snapshotTarget } = await import('../../../storage/snapshot/snapshot-target.ts')
      const { makeSnapshot } = await import('../../../storage/snapshot/make-snapshot.ts')
      const { folderSink } = await import('../../../storage/snapshot/snapshot-folder.ts')
      const say = speaker(options, terminal)
      const out = resolve(terminal.cwd, options.out)
      const data = dataDirectory(options, terminal)
      const { node, chain } = nodeStore(data, options.node)
      const started = performance.now()
      const store = LmdbStore.readOnly(chain)
      try {
        const genesisHash = genesisOf(store)
        const height = snapshotTarget(store)
        if (!genesisHash || height === undefined) {
          const why = 'no block is final there yet'
          throw new CliError('BAD_VALUE', `${node} has no state to write`, why, 'start it first')
        }
        const { network } = await networkOf(genesisHash, data, options.network)
        const chainId = BigInt((network.genesis as { chainId: number }).chainId)
        say.line(` snapshot of ${node} after block ${height}`)
        const source = { store, chainId, genesisHash }
        const made = makeSnapshot(source, height, folderSink(out), {
          progress: (accounts, bytes) => {
            say.line(`  ${accounts} accounts, ${(bytes / 1e6).toFixed(1)} MB`)
          },
        })
        const ms = performance.now() - started
        say.line(` ✓ block ${made.height} ${made.hash}`)
        const rows = `${made.accounts} accounts, ${made.slots} slots`
        say.line(` ✓ ${rows}, ${made.chunks} chunks in ${out} (${formatMs(ms)})`)
        say.document({ ...made, out, node, ms: Math.round(ms) })
      } catch (error) {
        if (error instanceof CliError) throw error
        const why = (error as Error).message
        throw new CliError('FILE', 'no snapshot was made', why, 'see why, and run it again')
      } finally {
        await store.close()
      }
    })
}

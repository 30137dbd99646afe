// aitbc snapshot restore: a node's chain from a snapshot. Everything is verified before anything is
// written, and a chain that is there is never touched.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Hex, isHex } from '../../../lib/hex.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import type { Terminal } from '../terminal.ts'

interface RestoreOptions extends BaseOptions {
  readonly trustedHash: string
  readonly node?: string
  readonly network?: string
}

export function trustedHash(text: string): Hex {
  if (isHex(text, 32)) return text.toLowerCase() as Hex
  const why = `"${text}" is not 0x and 64 hexadecimal digits`
  const hint = 'take the hash of the block from a source that you trust'
  throw new CliError('BAD_VALUE', 'the trusted hash cannot be read', why, hint)
}

export function snapshotRestoreCommand(terminal: Terminal): Command {
  return baseCommand('restore', 'start a node’s chain from a snapshot')
    .argument('<path>', 'folder of the snapshot, or the file "manifest" in it')
    .requiredOption('--trusted-hash <hash>', 'hash of its block, from a source that you trust')
    .option('--node <name>', 'for which node of the data folder')
    .option('--network <name>', 'its network, or the file of it')
    .action(async (path: string, options: RestoreOptions) => {
      const { loadManifest, restoreSnapshot } = await import(
        '../../../storage/snapshot/restore-snapshot.ts'
      )
      const { snapshotFolder } = await import('../../../storage/snapshot/snapshot-folder.ts')
      const { LmdbStore } = await import('../../../storage/lmdb/lmdb-store.ts')
      const { checkDataDirectory } = await import('../../../storage/lmdb/data-directory.ts')
      const { freshNode, networkOf, withNode } = await import('../node-store.ts')
      const { networkMark, pinNetwork } = await import('../../node/pin-network.ts')
      const { chainSetup } = await import('../../node/chain-setup.ts')
      const { progressLine } = await import('../screen/progress-line.ts')
      const { snapshotRefused } = await import('../snapshot-refused.ts')
      const say = speaker(options, terminal)
      const hash = trustedHash(options.trustedHash)
      const data = dataDirectory(options, terminal)
      const folder = snapshotFolder(resolve(terminal.cwd, path))
      const loaded = loadManifest(folder)
      if (!loaded.ok) throw snapshotRefused(loaded)
      const node = freshNode(data, options.node)
      if (existsSync(join(node.chain, 'data.mdb')) && (await hasChain(node.chain))) {
        const hint = 'remove that folder if the chain in it is not wanted, or give another node'
        throw new CliError('CHAIN_EXISTS', `${node.node} has a chain`, node.chain, hint)
      }
      const found = await networkOf(loaded.manifest.genesisHash, data, options.network)
      const { network } = found
      const mark = networkMark(network)
      const { genesis } = chainSetup(network)
      const trust = {
        chainId: genesis.chainId,
        genesisHash: genesis.block.hash,
        trustedHash: hash,
        nowMs: Date.now(),
      }
      checkDataDirectory(data, mark)
      const started = performance.now()
      await withNode(node, mark, async () => {
        let store: InstanceType<typeof LmdbStore> | undefined
        const target = () => {
          store = new LmdbStore(node.chain)
          return { store, genesis: genesis.block }
        }
        try {
          const restored = await restoreSnapshot(folder, trust, target, {
            verified: progressLine('verified', say, terminal, options),
            written: progressLine('written', say, terminal, options),
          })
          if (!restored.ok) throw snapshotRefused(restored)
        } finally {
          await store?.close()
        }
      })
      pinNetwork(data, network, found.reference)
      const { header, accounts, slots } = loaded.manifest
      const ms = performance.now() - started
      say.line(` ✓ ${node.node} starts after block ${header.height} (${formatMs(ms)})`)
      say.line('   the blocks since come from its peers; earlier ones are not kept')
      const { height } = header
      say.document({ restored: true, node: node.node, height, hash, accounts, slots, data })
    })
}

async function hasChain(folder: string): Promise<boolean> {
  const { LmdbStore } = await import('../../../storage/lmdb/lmdb-store.ts')
  const { finalHeight } = await import('../../../storage/snapshot/boundary-before.ts')
  const store = LmdbStore.readOnly(folder)
  try {
    return finalHeight(store) !== undefined
  } finally {
    await store.close()
  }
}

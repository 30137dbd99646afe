// The chain store of one node of a data folder, for commands that work on it directly.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Network } from '../../config/network.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { nearestName } from '../../lib/nearest-name.ts'
import { CHAIN_TABLES, META_GENESIS } from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { storeFolder } from '../node/store-folder.ts'
import { CliError } from './cli-error.ts'
import { startError } from './start-error.ts'

export interface NodeStore {
  readonly node: string
  /** The node's own folder. */
  readonly folder: string
  /** The folder of its chain store. */
  readonly chain: string
}

function nodesIn(data: string): string[] {
  const root = join(data, 'nodes')
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => existsSync(join(storeFolder(data, name, 'chain'), 'data.mdb')))
    .sort()
}

function at(data: string, node: string): NodeStore {
  return { node, folder: join(data, 'nodes', node), chain: storeFolder(data, node, 'chain') }
}

/** The named node, or the first one that has a chain. Throws CliError. */
export function nodeStore(data: string, wanted: string | undefined): NodeStore {
  const names = nodesIn(data)
  const node = wanted ?? names[0]
  if (node !== undefined && names.includes(node)) return at(data, node)
  if (node === undefined) {
    const hint = 'name the folder of a cluster with --data'
    throw new CliError(
      'BAD_VALUE',
      `no node has a chain in ${data}`,
      'nodes/*/chain is empty',
      hint,
    )
  }
  const near = nearestName(node, names)
  const hint = near ? `did you mean "${near}"?` : 'give one of them with --node'
  const why = names.length > 0 ? `there are ${names.join(', ')}` : 'no node has one'
  throw new CliError('BAD_VALUE', `node "${node}" has no chain in ${data}`, why, hint)
}

/** The nodes of a data folder that have a chain, or the one that was named. */
export function nodeStores(data: string, wanted: string | undefined): NodeStore[] {
  if (wanted !== undefined) return [nodeStore(data, wanted)]
  nodeStore(data, undefined)
  return nodesIn(data).map((name) => at(data, name))
}

/** A node that has no chain yet. Throws CliError when the folder needs a name for it. */
export function freshNode(data: string, wanted: string | undefined): NodeStore {
  const root = join(data, 'nodes')
  const names = existsSync(root) ? readdirSync(root).sort() : []
  const node = wanted ?? (names.length === 1 ? names[0] : undefined)
  if (node !== undefined && /^[a-z][a-z0-9-]{0,31}$/.test(node)) return at(data, node)
  const why = names.length > 0 ? `the folder has ${names.join(', ')}` : 'the folder has no node yet'
  const hint = 'give the name that the node has in its topology with --node'
  throw new CliError('BAD_VALUE', 'for which node is not clear', why, hint)
}

export function genesisOf(store: Store): Hex | undefined {
  const row = store.get(CHAIN_TABLES.meta, META_GENESIS)
  return row && bytesToHex(row)
}

/** Where a data folder says that its network's file is. */
function pinnedFile(data: string): string[] {
  try {
    const { file } = JSON.parse(readFileSync(join(data, 'network.json'), 'utf8'))
    return typeof file === 'string' ? [file] : []
  } catch {
    return []
  }
}

export interface FoundNetwork {
  readonly network: Network
  /** Its name, or the path of its file. */
  readonly reference: string
}

/**
 * The network with this genesis: the one that is named, the one of the data folder, or one of those
 * that come with the program. Throws CliError.
 */
export async function networkOf(
  genesisHash: Hex,
  data: string,
  named?: string,
): Promise<FoundNetwork> {
  const { loadNetwork, networkNames } = await import('../../config/network.ts')
  const references = named === undefined ? [...pinnedFile(data), ...networkNames()] : [named]
  for (const reference of references) {
    try {
      const network = loadNetwork(reference)
      if (network.genesisHash === genesisHash) return { network, reference }
    } catch (error) {
      if (named !== undefined) {
        const why = (error as Error).message
        throw new CliError('BAD_VALUE', 'the network cannot be read', why, 'see --network')
      }
    }
  }
  throw new CliError(
    'STATE_MISMATCH',
    `the genesis ${genesisHash} is not that of a network known here`,
    `looked at ${references.join(', ')}`,
    'name the network or its file with --network',
  )
}

/** What marks the folders of a node's network. Throws CliError for a node without a chain. */
export async function nodeMark(found: NodeStore, data: string): Promise<string> {
  const { LmdbStore } = await import('../../storage/lmdb/lmdb-store.ts')
  const { networkMark } = await import('../node/pin-network.ts')
  const store = LmdbStore.readOnly(found.chain)
  const genesis = genesisOf(store)
  await store.close()
  if (genesis) return networkMark((await networkOf(genesis, data)).network)
  const hint = 'start the node first'
  throw new CliError('BAD_VALUE', `${found.node} has no chain`, `${found.chain} is empty`, hint)
}

/** Runs with the node's folder taken: nothing else may run on it. Throws CliError. */
export async function withNode<T>(
  { folder }: NodeStore,
  mark: string,
  work: () => Promise<T>,
): Promise<T> {
  let release: () => void
  try {
    release = openDataDirectory(folder, mark)
  } catch (error) {
    throw startError(error, folder)
  }
  try {
    return await work()
  } finally {
    release()
  }
}

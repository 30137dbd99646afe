// Joining by a snapshot: it is made from the chain, verified and written into a new store, and the
// node's start on that store loads the state.

import { loadChain } from '../../../actors/block-builder/load-chain.ts'
import { u64 } from '../../../lib/bytes.ts'
import { runToEnd } from '../../../lib/run-to-end.ts'
import { type Block, decodeBlock } from '../../../protocol/block/block.ts'
import { headerTimeMs } from '../../../protocol/block/extra-data.ts'
import { CHAIN_TABLES } from '../../../protocol/state/tables.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { makeSnapshot } from '../../../storage/snapshot/make-snapshot.ts'
import { loadManifest, restoreSnapshot } from '../../../storage/snapshot/restore-snapshot.ts'
import { folderSink } from '../../../storage/snapshot/snapshot-folder.ts'
import { CHAIN_ID, testGenesis } from '../../../test/protocol/chain-world.ts'
import type { PhaseWatch, SyncSize } from './sync-world.ts'

function genesisOf(store: LmdbStore): Block {
  const bytes = store.get(CHAIN_TABLES.blocks, u64(0))
  if (!bytes) throw new Error('the chain that was made has no genesis')
  return decodeBlock(Uint8Array.from(bytes))
}

export async function snapshotChain(
  from: string,
  to: string,
  { blocks, accounts }: SyncSize,
  watch: PhaseWatch,
) {
  const store = LmdbStore.readOnly(from)
  const genesisHash = genesisOf(store).hash
  const started = performance.now()
  const source = { store, chainId: CHAIN_ID, genesisHash }
  const progress = (done: number) => watch.at(done, accounts)
  const made = makeSnapshot(source, blocks, folderSink(to), { progress })
  const ms = Math.round(performance.now() - started)
  await store.close()
  return { ms, accounts: made.accounts, slots: made.slots, chunks: made.chunks, bytes: made.bytes }
}

export async function joinChain(from: string, snapshot: string, to: string, watch: PhaseWatch) {
  const source = LmdbStore.readOnly(from)
  const genesis = genesisOf(source)
  await source.close()
  const loaded = loadManifest(snapshot)
  if (!loaded.ok) throw new Error(loaded.detail)
  const { header, hash } = loaded.manifest
  const trust = {
    chainId: CHAIN_ID,
    genesisHash: genesis.hash,
    trustedHash: hash,
    nowMs: headerTimeMs(header),
  }
  const store = new LmdbStore(to)
  const started = performance.now()
  const since = () => Math.round(performance.now() - started)
  let verified = 0
  const restored = await restoreSnapshot(snapshot, trust, () => ({ store, genesis }), {
    verified: (done, of) => {
      watch.at(done, of)
      verified = since()
    },
    written: watch.at,
  })
  if (!restored.ok) throw new Error(restored.code)
  const written = since()
  const tip = runToEnd(loadChain(store, genesis.hash))
  const ms = since()
  watch.at(1, 1)
  await store.close()
  return {
    ms,
    verify_ms: verified,
    write_ms: written - verified,
    load_ms: ms - written,
    state_root: tip?.block.header.stateRoot ?? '',
  }
}

/** What a node does with its store when it starts. */
export function loadStopped(folder: string) {
  const tip = runToEnd(loadChain(new LmdbStore(folder), testGenesis().block.hash))
  return { height: tip?.block.header.height ?? 0 }
}

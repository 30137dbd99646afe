// From a folder with a snapshot to a chain store: everything is verified before anything is
// written, and the store has no chain until the last batch, so that a restore that was killed is
// begun again like one that never was.

import type { Block } from '../../protocol/block/block.ts'
import { decodeBlockChunk } from '../../protocol/snapshot/block-chunk.ts'
import { checkChunk } from '../../protocol/snapshot/check-chunk.ts'
import { StateRebuild } from '../../protocol/snapshot/rebuild-state.ts'
import { chainRows, stateRows } from '../../protocol/snapshot/restored-rows.ts'
import { decodeManifest, type SnapshotManifest } from '../../protocol/snapshot/snapshot-manifest.ts'
import {
  refuse,
  type SnapshotRefusal,
  type SnapshotVerdict,
} from '../../protocol/snapshot/snapshot-refusal.ts'
import { decodeStateChunk } from '../../protocol/snapshot/state-chunk.ts'
import { type SnapshotTrust, trustSnapshot } from '../../protocol/snapshot/trust-snapshot.ts'
import { CHAIN_TABLES, META_FINAL } from '../../protocol/state/tables.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { readChunkFile, readManifestFile } from './snapshot-folder.ts'

const BATCH_ROWS = 20_000

/** Chunks done and chunks in all. */
export type ChunkProgress = (done: number, of: number) => void

export function loadManifest(
  folder: string,
): { readonly ok: true; readonly manifest: SnapshotManifest } | SnapshotRefusal {
  const bytes = readManifestFile(folder)
  if (!bytes) return refuse('BAD_MANIFEST', `there is no manifest in ${folder}`)
  const manifest = decodeManifest(bytes)
  return typeof manifest === 'string' ? refuse('BAD_MANIFEST', manifest) : { ok: true, manifest }
}

function readChunk(folder: string, manifest: SnapshotManifest, index: number) {
  const bytes = readChunkFile(folder, index)
  if (!bytes) return refuse('CHUNK_MISSING', `chunk ${index} is not in ${folder}`, index)
  const verdict = checkChunk(manifest, index, bytes)
  return verdict.ok ? { ok: true as const, bytes } : verdict
}

/** Every chunk against the manifest, and the state's root against the header. */
export function verifyChunks(
  folder: string,
  manifest: SnapshotManifest,
  progress?: ChunkProgress,
): SnapshotVerdict {
  const rebuild = new StateRebuild(manifest)
  for (let index = 0; index < manifest.chunks.length; index++) {
    const chunk = readChunk(folder, manifest, index)
    if (!chunk.ok) return chunk
    const verdict = rebuild.add(chunk.bytes)
    if (!verdict.ok) return verdict
    progress?.(index + 1, manifest.chunks.length)
  }
  const ending = rebuild.end()
  for (;;) {
    const { done, value } = ending.next()
    if (done) return value
  }
}

function commit(store: Store, puts: readonly Put[]): Promise<void> {
  return new Promise((resolve, reject) => {
    store.commit(puts, (error) => (error ? reject(error) : resolve()))
  })
}

/** What a restore that was killed has left. */
async function clear(store: Store, table: string): Promise<void> {
  for (;;) {
    const rows = store.range(table, { limit: BATCH_ROWS })
    if (rows.length === 0) return
    await commit(
      store,
      rows.map(([key]) => ({ table, key: Uint8Array.from(key), value: undefined })),
    )
  }
}

/** Rejects when the store has a chain, or cannot be written. */
async function writeChunks(
  folder: string,
  manifest: SnapshotManifest,
  { store, genesis }: RestoreTarget,
  progress?: ChunkProgress,
): Promise<SnapshotVerdict> {
  if (store.get(CHAIN_TABLES.meta, META_FINAL)) throw new Error('the store has a chain already')
  for (const table of [CHAIN_TABLES.accounts, CHAIN_TABLES.storage]) await clear(store, table)
  // The last chunk to be read is the block's: it makes the rest a chain.
  for (let index = 1; index < manifest.chunks.length; index++) {
    const chunk = readChunk(folder, manifest, index)
    if (!chunk.ok) return chunk
    const rows = stateRows(decodeStateChunk(chunk.bytes))
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      await commit(store, rows.slice(at, at + BATCH_ROWS))
    }
    progress?.(index, manifest.chunks.length)
  }
  const first = readChunk(folder, manifest, 0)
  if (!first.ok) return first
  await commit(store, chainRows(decodeBlockChunk(first.bytes), manifest.certificate, genesis))
  progress?.(manifest.chunks.length, manifest.chunks.length)
  return { ok: true }
}

export interface RestoreTarget {
  readonly store: Store
  readonly genesis: Block
}

export interface RestoreProgress {
  readonly verified?: ChunkProgress
  readonly written?: ChunkProgress
}

/** Rejects when the store has a chain, or cannot be written. */
export async function restoreSnapshot(
  folder: string,
  trust: SnapshotTrust,
  target: () => RestoreTarget,
  { verified, written }: RestoreProgress = {},
): Promise<{ readonly ok: true; readonly manifest: SnapshotManifest } | SnapshotRefusal> {
  const loaded = loadManifest(folder)
  if (!loaded.ok) return loaded
  const { manifest } = loaded
  const trusted = trustSnapshot(manifest, trust)
  if (!trusted.ok) return trusted
  const checked = verifyChunks(folder, manifest, verified)
  if (!checked.ok) return checked
  const done = await writeChunks(folder, manifest, target(), written)
  return done.ok ? loaded : done
}

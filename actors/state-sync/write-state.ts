// From the chunks that were fetched to a chain store: first the root is rebuilt, a chunk a turn,
// then the rows are written, and last the block that makes them a chain.

import type { Block } from '../../protocol/block/block.ts'
import type { StoredStep } from '../../protocol/light/search-path.ts'
import { decodeBlockChunk } from '../../protocol/snapshot/block-chunk.ts'
import { StateRebuild } from '../../protocol/snapshot/rebuild-state.ts'
import { chainRows, checkpointRows, stateRows } from '../../protocol/snapshot/restored-rows.ts'
import type { SnapshotManifest } from '../../protocol/snapshot/snapshot-manifest.ts'
import { refuse, type SnapshotVerdict } from '../../protocol/snapshot/snapshot-refusal.ts'
import { decodeStateChunk } from '../../protocol/snapshot/state-chunk.ts'
import type { TableRow } from '../../protocol/state/block-rows.ts'
import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import type { Context } from '../../runtime/context.ts'
import type { Put } from '../../runtime/store.ts'
import type { SyncStore } from './sync-store.ts'

const BATCH_ROWS = 20_000
/** Milliseconds of one turn. */
const SLICE_MS = 8

export class WriteState {
  private readonly ctx: Context
  private readonly manifest: SnapshotManifest
  private readonly kept: SyncStore
  private readonly progress: (done: number) => void

  constructor(
    ctx: Context,
    manifest: SnapshotManifest,
    kept: SyncStore,
    progress: (done: number) => void,
  ) {
    this.ctx = ctx
    this.manifest = manifest
    this.kept = kept
    this.progress = progress
  }

  verify(done: (verdict: SnapshotVerdict) => void): void {
    const rebuild = new StateRebuild(this.manifest)
    const step = (index: number) => {
      const bytes = this.kept.chunk(index)
      const verdict = bytes
        ? rebuild.add(Uint8Array.from(bytes))
        : refuse('CHUNK_MISSING', `chunk ${index}`, index)
      this.progress(index + 1)
      if (!verdict.ok) done(verdict)
      else if (index + 1 === this.manifest.chunks.length) this.end(rebuild.end(), done)
      else this.ctx.after('verify', 0, () => step(index + 1))
    }
    step(0)
  }

  /** The root, a slice of it a turn. */
  private end(
    ending: Generator<void, SnapshotVerdict>,
    done: (verdict: SnapshotVerdict) => void,
  ): void {
    const until = this.ctx.now() + SLICE_MS
    do {
      const { done: isOver, value } = ending.next()
      if (!isOver) continue
      done(value)
      return
    } while (this.ctx.now() < until)
    this.ctx.after('verify', 0, () => this.end(ending, done))
  }

  /** After `verify`. A write that fails ends this incarnation: the next one begins again. */
  write(genesis: Block, followed: Iterable<StoredStep>, done: () => void): void {
    const state = [CHAIN_TABLES.accounts, CHAIN_TABLES.storage]
    const checkpoints = checkpointRows(followed)
    this.clear(state, () => {
      this.batches(checkpoints, () => this.writeFrom(1, genesis, done))
    })
  }

  /** What an earlier try that was killed has written. */
  private clear(tables: readonly string[], done: () => void): void {
    const [table, ...more] = tables
    if (table === undefined) {
      done()
      return
    }
    const puts = this.kept.clearing(table)
    if (puts.length === 0) this.clear(more, done)
    else this.commit(puts, () => this.clear(tables, done))
  }

  private writeFrom(index: number, genesis: Block, done: () => void): void {
    if (index === this.manifest.chunks.length) {
      const chunk = decodeBlockChunk(this.chunk(0))
      this.commit(chainRows(chunk, this.manifest.certificate, genesis), done)
      return
    }
    this.batches(stateRows(decodeStateChunk(this.chunk(index))), () => {
      this.progress(index)
      this.writeFrom(index + 1, genesis, done)
    })
  }

  private batches(rows: readonly TableRow[], done: () => void): void {
    const batch = (at: number) => {
      if (at >= rows.length) done()
      else this.commit(rows.slice(at, at + BATCH_ROWS), () => batch(at + BATCH_ROWS))
    }
    batch(0)
  }

  private chunk(index: number): Uint8Array {
    const bytes = this.kept.chunk(index)
    if (!bytes) throw new Error(`chunk ${index} was here and is not any more`)
    return Uint8Array.from(bytes)
  }

  private commit(puts: readonly Put[], done: () => void): void {
    this.ctx.store.commit(puts, (error) => {
      if (error) throw new Error(`the state cannot be written: ${error.message}`)
      done()
    })
  }
}

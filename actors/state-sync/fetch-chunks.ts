// Fetches the chunks of a snapshot from several peers at once. A chunk is checked when it comes and
// kept when it is right; a peer that sends a wrong one is not asked again.

import {
  SYNC_ASK_MS,
  SYNC_CHUNKS_MAX,
  SYNC_CHUNKS_PER_PEER,
  SYNC_RETRY_MS,
} from '../../config/limits.ts'
import { checkChunk } from '../../protocol/snapshot/check-chunk.ts'
import type { Context } from '../../runtime/context.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import type { Offer } from './find-snapshot.ts'
import type { SyncStore } from './sync-store.ts'

export interface FetchEnds {
  /** `done` chunks are here. */
  progress(done: number): void
  /** It sent a chunk that is not what the manifest says. */
  bad(peer: string): void
  /** All chunks are here. */
  complete(): void
  /** Nobody is left who has what is missing. */
  stuck(): void
}

export class FetchChunks {
  private readonly ctx: Context
  private readonly offer: Offer
  private readonly kept: SyncStore
  private readonly ends: FetchEnds
  private readonly missing: number[] = []
  /** Chunks under way, by peer. */
  private readonly busy = new Map<string, number>()
  private underWay = 0
  private done = 0
  private over = false

  constructor(ctx: Context, offer: Offer, kept: SyncStore, ends: FetchEnds) {
    this.ctx = ctx
    this.offer = offer
    this.kept = kept
    this.ends = ends
  }

  start(): void {
    const { length } = this.offer.manifest.chunks
    for (let index = length - 1; index >= 0; index--) {
      if (this.kept.has(index)) this.done++
      else this.missing.push(index)
    }
    if (this.done > 0) this.ctx.reached('state-sync-resumed')
    this.pump()
  }

  private pump(): void {
    if (this.over) return
    if (this.done === this.offer.manifest.chunks.length) {
      this.over = true
      this.ends.complete()
      return
    }
    if (this.offer.peers.size === 0) {
      this.over = true
      this.ends.stuck()
      return
    }
    while (this.missing.length > 0 && this.underWay < SYNC_CHUNKS_MAX) {
      const peer = this.idlest()
      if (peer === undefined) return
      this.ask(peer, this.missing.pop() as number)
    }
  }

  /** The peer with the fewest chunks under way; undefined when all have enough. */
  private idlest(): string | undefined {
    let best: string | undefined
    let least = SYNC_CHUNKS_PER_PEER
    for (const peer of this.offer.peers) {
      const count = this.busy.get(peer) ?? 0
      if (count >= least) continue
      best = peer
      least = count
    }
    return best
  }

  private ask(peer: string, index: number): void {
    this.busy.set(peer, (this.busy.get(peer) ?? 0) + 1)
    this.underWay++
    const { height } = this.offer.manifest.header
    const free = () => this.busy.set(peer, (this.busy.get(peer) ?? 1) - 1)
    this.ctx.ask(
      ArchiveMessages,
      peer,
      'Chunk',
      { height, index },
      {
        within: SYNC_ASK_MS,
        ok: ({ code, chunk }) => {
          free()
          if (code === '') this.take(peer, index, chunk)
          else this.again(index, code === 'BUSY' ? undefined : peer)
        },
        failed: () => {
          free()
          this.again(index, undefined)
        },
      },
    )
  }

  /** Somebody else, or the same one a little later, may have it. */
  private again(index: number, without: string | undefined): void {
    this.underWay--
    this.missing.push(index)
    if (without !== undefined) this.offer.peers.delete(without)
    this.ctx.after('fetch', without === undefined ? SYNC_RETRY_MS : 0, () => this.pump())
  }

  private take(peer: string, index: number, bytes: Uint8Array): void {
    const verdict = checkChunk(this.offer.manifest, index, bytes)
    if (!verdict.ok) {
      const { code, detail } = verdict
      this.ctx.log('warn', 'a peer sent a bad chunk and is not asked again', { peer, code, detail })
      this.ctx.reached('state-sync-bad-chunk')
      this.offer.peers.delete(peer)
      this.ends.bad(peer)
      this.underWay--
      this.missing.push(index)
      this.pump()
      return
    }
    // It counts as under way until it is on the disk: a slow disk is not run away from.
    this.ctx.store.commit([this.kept.chunkPut(index, bytes)], (error) => {
      if (error) {
        this.ctx.log('error', 'a chunk cannot be kept', { detail: error.message })
        this.again(index, undefined)
        return
      }
      this.underWay--
      this.done++
      this.ends.progress(this.done)
      this.pump()
    })
  }
}

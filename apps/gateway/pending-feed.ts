// Tells who listens of transactions that this gateway's clients handed in and the pool accepted.

import type { Hex } from '../../lib/hex.ts'

export type PendingListener = (hash: Hex, raw: Uint8Array) => void

export class PendingFeed {
  private readonly listeners = new Set<PendingListener>()

  /** The result stops it. */
  listen(listener: PendingListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  accepted(hash: Hex, raw: Uint8Array): void {
    for (const listener of this.listeners) listener(hash, raw)
  }
}

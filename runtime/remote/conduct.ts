// Who sends rubbish: counted per peer in a leaky bucket; a peer whose bucket runs over is in
// quarantine for a while. Outlives the links, or a peer would begin anew with every connection.

import { LINK_QUARANTINE_MS, RUBBISH_MAX } from '../../config/limits.ts'

const LEAK_MS = 1000

interface Bucket {
  level: number
  /** When the level was right. */
  at: number
  total: number
  until: number
}

export class Conduct {
  private readonly buckets = new Map<string, Bucket>()

  /** Counts a piece of rubbish; true when it is one too many. */
  rubbish(peer: string, now: number): boolean {
    const bucket = this.buckets.get(peer) ?? { level: 0, at: now, total: 0, until: 0 }
    this.buckets.set(peer, bucket)
    bucket.level = Math.max(0, bucket.level - (now - bucket.at) / LEAK_MS) + 1
    bucket.at = now
    bucket.total++
    if (bucket.level <= RUBBISH_MAX) return false
    bucket.level = 0
    bucket.until = now + LINK_QUARANTINE_MS
    return true
  }

  /** Milliseconds for which the peer is still refused; 0 when it is not. */
  quarantinedMs(peer: string, now: number): number {
    return Math.max(0, (this.buckets.get(peer)?.until ?? 0) - now)
  }

  /** Pieces of rubbish ever received from the peer. */
  count(peer: string): number {
    return this.buckets.get(peer)?.total ?? 0
  }
}

// Calls a minute per caller, in fixed windows. Bounded: the oldest callers are forgotten first.

import { RATE_CALLERS_MAX } from '../../config/limits.ts'

const WINDOW_MS = 60_000

export class RateLimit {
  private readonly calls = new Map<string, { startedAt: number; count: number }>()

  /** Seconds to wait, or 0 when the call may go on. */
  take(caller: string, perMinute: number): number {
    const now = Date.now()
    const window = this.calls.get(caller)
    if (!window || now - window.startedAt >= WINDOW_MS) {
      if (this.calls.size >= RATE_CALLERS_MAX) {
        const oldest = this.calls.keys().next().value
        if (oldest !== undefined) this.calls.delete(oldest)
      }
      this.calls.delete(caller)
      this.calls.set(caller, { startedAt: now, count: 1 })
      return 0
    }
    window.count++
    if (window.count <= perMinute) return 0
    return Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - now) / 1000))
  }
}

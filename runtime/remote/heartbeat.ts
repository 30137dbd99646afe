// Listens for the heart of one peer. Until it has greeted it may take its time (a thread that
// starts loads its program first); from then on a long silence is its end.

import { DOWN_AFTER_MS, HEARTBEAT_MS, HELLO_MS, SUSPECT_AFTER_MS } from '../../config/limits.ts'
import { FailureDetector, type Verdict } from '../failure-detector.ts'

export class Heartbeat {
  private readonly since: number
  private detector: FailureDetector | undefined

  constructor(now: number) {
    this.since = now
  }

  get verdict(): Verdict {
    return this.detector?.verdict ?? 'up'
  }

  /** The peer was heard. */
  heard(now: number): void {
    this.detector?.beat(now)
  }

  /** Called every HEARTBEAT_MS. Returns why the peer is taken for dead, if it is. */
  check(now: number, greeted: boolean): string | undefined {
    if (!greeted) {
      return now - this.since > HELLO_MS ? `no greeting within ${HELLO_MS} ms` : undefined
    }
    this.detector ??= new FailureDetector(now, {
      everyMs: HEARTBEAT_MS,
      suspectAfterMs: SUSPECT_AFTER_MS,
      downAfterMs: DOWN_AFTER_MS,
    })
    const dead = this.detector.check(now) === 'down'
    return dead ? `nothing heard for ${DOWN_AFTER_MS} ms` : undefined
  }
}

// Joins two links end to end: the relay of a process's main thread between its worker threads and
// the other processes. What one side has no room for waits here, within a bound: credits between
// the two hosts let no more than that be under way, so whoever exceeds it breaks the protocol.

import { RELAY_BYTES_MAX } from '../../config/limits.ts'
import type { Lane, Link } from '../../runtime/ports.ts'

/** Frames on their way from one link to the other. */
class Direction {
  private readonly to: Link
  private readonly overflow: () => void
  private readonly waiting: Record<Lane, Uint8Array[]> = { control: [], data: [] }
  private bytes = 0
  private closing: string | undefined

  constructor(from: Link, to: Link, overflow: () => void) {
    this.to = to
    this.overflow = overflow
    from.onFrame((frame, lane) => this.pass(frame, lane))
    to.onDrain(() => this.flush())
    from.onDown((why) => this.end(why))
  }

  private pass(frame: Uint8Array, lane: Lane): void {
    const queue = this.waiting[lane]
    if (queue.length === 0 && this.to.send(frame, lane)) return
    this.bytes += frame.length
    if (this.bytes > RELAY_BYTES_MAX) this.overflow()
    else queue.push(new Uint8Array(frame))
  }

  private flush(): void {
    for (const lane of ['control', 'data'] as const) {
      const queue = this.waiting[lane]
      let sent = 0
      for (const frame of queue) {
        if (!this.to.send(frame, lane)) break
        this.bytes -= frame.length
        sent++
      }
      queue.splice(0, sent)
    }
    if (this.closing !== undefined && this.bytes === 0) this.to.close(this.closing)
  }

  /** The source is down: what waits still goes, then the sink is closed. */
  private end(why: string): void {
    this.closing = why
    this.flush()
  }

  clear(): void {
    this.waiting.control = []
    this.waiting.data = []
    this.bytes = 0
  }
}

/** Passes frames both ways until either link is down, then closes the other. Takes both over. */
export function splice(a: Link, b: Link): void {
  const both: Direction[] = []
  const overflow = () => {
    for (const direction of both) direction.clear()
    a.close('the relay is over its bound')
    b.close('the relay is over its bound')
  }
  both.push(new Direction(a, b, overflow), new Direction(b, a, overflow))
}

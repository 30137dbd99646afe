// What happened to each job, in order, for those who watch it: a bounded ring per job, and the asks
// that wait for the next event. Numbers grow across restarts, so a watcher never misses or repeats.

import { EVENTS_KEPT, EVENTS_PER_REPLY, LONG_POLL_HOLD_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'

export interface JobEvent {
  readonly seq: number
  readonly event: 'state' | 'token' | 'receipt' | 'error'
  /** JSON text. */
  readonly data: string
}

export interface EventsReply {
  readonly last: 'yes' | 'no'
  readonly events: JobEvent[]
}

interface Waiter {
  readonly seq: number
  readonly since: number
  readonly reply: (events: EventsReply) => void
}

interface Ring {
  events: JobEvent[]
  waiters: Waiter[]
  next: number
  ended: boolean
}

const SEQ_PER_BOOT = 1_000_000
const RINGS_ENDED_KEPT = 256

export class EventLog {
  private readonly rings = new Map<Hex, Ring>()
  private readonly first: number
  private readonly now: () => number

  /** `boot`: how often the scheduler was started on this disk. */
  constructor(boot: number, now: () => number) {
    this.first = boot * SEQ_PER_BOOT
    this.now = now
  }

  add(jobId: Hex, event: JobEvent['event'], data: unknown): void {
    const ring = this.ring(jobId)
    ring.events.push({ seq: ring.next++, event, data: JSON.stringify(data) })
    if (ring.events.length > EVENTS_KEPT) ring.events.splice(0, ring.events.length - EVENTS_KEPT)
    this.wake(ring)
  }

  /** No event follows: waiting asks are answered, and the ring may be forgotten later. */
  end(jobId: Hex): void {
    const ring = this.ring(jobId)
    ring.ended = true
    this.wake(ring)
    let ended = 0
    for (const other of this.rings.values()) if (other.ended) ended++
    for (const [id, other] of this.rings) {
      if (ended <= RINGS_ENDED_KEPT) return
      if (!other.ended) continue
      this.rings.delete(id)
      ended--
    }
  }

  /** False if nothing is known of the job here: it ended before the last restart, or long ago. */
  has(jobId: Hex): boolean {
    return this.rings.has(jobId)
  }

  after(jobId: Hex, seq: number, reply: (events: EventsReply) => void): void {
    const ring = this.ring(jobId)
    const answer = answerOf(ring, seq)
    if (answer !== undefined) reply(answer)
    else ring.waiters.push({ seq, since: this.now(), reply })
  }

  /** The events of a job that ended before this log began, numbered after any that were seen. */
  endOf(seq: number, events: readonly [JobEvent['event'], unknown][]): EventsReply {
    const base = this.first + SEQ_PER_BOOT - events.length
    const numbered = events.map(([event, data], i) => {
      return { seq: base + i, event, data: JSON.stringify(data) }
    })
    return { last: 'yes', events: numbered.filter((event) => event.seq > seq) }
  }

  /** Answers asks that waited long; their askers ask again. */
  tick(): void {
    for (const ring of this.rings.values()) {
      const [late, fresh] = [[] as Waiter[], [] as Waiter[]]
      for (const waiter of ring.waiters) {
        const isLate = this.now() - waiter.since > LONG_POLL_HOLD_MS
        ;(isLate ? late : fresh).push(waiter)
      }
      ring.waiters = fresh
      for (const waiter of late) waiter.reply({ last: 'no', events: [] })
    }
  }

  private ring(jobId: Hex): Ring {
    let ring = this.rings.get(jobId)
    if (ring === undefined) {
      ring = { events: [], waiters: [], next: this.first + 1, ended: false }
      this.rings.set(jobId, ring)
    }
    return ring
  }

  private wake(ring: Ring): void {
    const waiting = ring.waiters
    ring.waiters = []
    for (const waiter of waiting) {
      const answer = answerOf(ring, waiter.seq)
      if (answer === undefined) ring.waiters.push(waiter)
      else waiter.reply(answer)
    }
  }
}

function answerOf(ring: Ring, seq: number): EventsReply | undefined {
  const events = ring.events.filter((event) => event.seq > seq).slice(0, EVENTS_PER_REPLY)
  if (events.length === 0 && !ring.ended) return undefined
  const newest = ring.events.at(-1)?.seq ?? 0
  const last = ring.ended && (events.at(-1)?.seq ?? newest) === newest
  return { last: last ? 'yes' : 'no', events }
}

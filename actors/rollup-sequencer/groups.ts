// The groups that speak for senders: what each has not fetched yet, and whether it is to be
// trusted.

import {
  LONG_POLL_HOLD_MS,
  ROLLUP_DISTRUST_MS,
  ROLLUP_GROUP_EVENTS_MAX,
  ROLLUP_GROUP_IDLE_MS,
  ROLLUP_GROUPS_MAX,
} from '../../config/limits.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { RollupSequencerMessages } from '../messages/rollup-sequencer.ts'

type Fetched = Reply<(typeof RollupSequencerMessages)['verbs'], 'Next'>
export type GroupEvent = Fetched['events'][number]
type Poll = (events: GroupEvent[], lost: boolean) => void

/** Of one reply. */
const EVENTS_PER_REPLY = 64
/** A group whose last poll ended so long ago is not waited for. */
const REACHABLE_MS = 2000
/** Doublings of the time for which a group is not waited for. */
const MISSES_MAX = 6

interface Group {
  events: GroupEvent[]
  seq: number
  lost: boolean
  poll: { readonly reply: Poll; readonly untilMs: number } | undefined
  /** The last poll was answered with news, at a time that the next sweep writes down. */
  answered: boolean
  seenMs: number
  polledMs: number
  distrustedUntilMs: number
  /** Until then nobody waits for its answer. */
  silentUntilMs: number
  /** How often it failed to co-sign since it last did. */
  misses: number
}

export class Groups {
  private readonly groups = new Map<number, Group>()

  get size(): number {
    return this.groups.size
  }

  /** Undefined when there are too many. */
  seen(group: number, now: number): boolean {
    const known = this.groups.get(group)
    if (known) {
      known.seenMs = now
      return true
    }
    if (this.groups.size >= ROLLUP_GROUPS_MAX) return false
    this.groups.set(group, {
      events: [],
      seq: 0,
      lost: false,
      poll: undefined,
      answered: false,
      seenMs: now,
      polledMs: Number.NEGATIVE_INFINITY,
      distrustedUntilMs: Number.NEGATIVE_INFINITY,
      silentUntilMs: Number.NEGATIVE_INFINITY,
      misses: 0,
    })
    return true
  }

  /** Whether it listens: it polls, or has just been answered. */
  isReachable(group: number, now: number): boolean {
    const known = this.groups.get(group)
    if (!known) return false
    return known.poll !== undefined || known.answered || now - known.polledMs < REACHABLE_MS
  }

  /**
   * It did not answer, so nobody waits for it for a while, each time twice as long. Once may be the
   * fault of a busy machine: from twice in a row on it is taken only with ordinary signatures.
   */
  missed(group: number, now: number): void {
    const known = this.groups.get(group)
    if (!known) return
    const times = 2 ** Math.min(known.misses, MISSES_MAX)
    known.silentUntilMs = now + times * ROLLUP_DISTRUST_MS
    if (++known.misses >= 2) known.distrustedUntilMs = known.silentUntilMs
  }

  /** It is expected to answer. */
  isAwaited(group: number, now: number): boolean {
    const known = this.groups.get(group)
    return known !== undefined && now >= known.silentUntilMs && now >= known.distrustedUntilMs
  }

  cosigned(group: number): void {
    const known = this.groups.get(group)
    if (!known) return
    known.misses = 0
    known.distrustedUntilMs = Number.NEGATIVE_INFINITY
    known.silentUntilMs = Number.NEGATIVE_INFINITY
  }

  distrust(group: number, now: number): void {
    const known = this.groups.get(group)
    if (known) known.distrustedUntilMs = now + ROLLUP_DISTRUST_MS
  }

  isDistrusted(group: number, now: number): boolean {
    return now < (this.groups.get(group)?.distrustedUntilMs ?? Number.NEGATIVE_INFINITY)
  }

  push(group: number, event: Omit<GroupEvent, 'seq'>): void {
    const known = this.groups.get(group)
    if (!known) return
    known.events.push({ ...event, seq: ++known.seq })
    if (known.events.length > ROLLUP_GROUP_EVENTS_MAX) {
      known.events.shift()
      known.lost = true
    }
    const { poll } = known
    if (!poll) return
    known.poll = undefined
    known.answered = true
    answer(known, poll.reply)
  }

  /** A group has one poll at a time: an older one is answered with nothing. */
  next(group: number, after: number, now: number, reply: Poll): void {
    if (!this.seen(group, now)) {
      reply([], true)
      return
    }
    const known = this.groups.get(group) as Group
    known.polledMs = now
    known.answered = false
    if (after > known.seq) goOnFrom(known, after)
    known.events = known.events.filter(({ seq }) => seq > after)
    known.poll?.reply([], false)
    known.poll = undefined
    if (known.events.length > 0 || known.lost) answer(known, reply)
    else known.poll = { reply, untilMs: now + LONG_POLL_HOLD_MS }
  }

  /** Ends polls that have waited long enough; returns the groups that are forgotten. */
  sweep(now: number): number[] {
    const gone: number[] = []
    for (const [group, known] of this.groups) {
      if (known.answered) known.polledMs = now
      known.answered = false
      if (known.poll && now >= known.poll.untilMs) {
        known.poll.reply([], false)
        known.poll = undefined
        known.polledMs = now
      }
      if (known.poll || now - known.seenMs < ROLLUP_GROUP_IDLE_MS) continue
      if (now - known.polledMs < ROLLUP_GROUP_IDLE_MS) continue
      this.groups.delete(group)
      gone.push(group)
    }
    return gone
  }

  leave(group: number): void {
    this.groups.get(group)?.poll?.reply([], false)
    this.groups.delete(group)
  }
}

/** It has read more than was said here: that was before a start, and what was known then is lost. */
function goOnFrom(group: Group, after: number): void {
  group.events = group.events.map((event) => ({ ...event, seq: event.seq + after }))
  group.seq += after
  group.lost = true
}

/** Events stay until they are asked for with a higher `after`: a reply may be lost. */
function answer(group: Group, reply: Poll): void {
  reply(group.events.slice(0, EVENTS_PER_REPLY), group.lost)
  group.lost = false
}

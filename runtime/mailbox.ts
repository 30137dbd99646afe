// A bounded mailbox with three lanes: turns (timers, replies) before control before data. Turns are
// bounded by what the actor itself started, so only the other two are limited. An idle mailbox owns
// no lanes: most of a hundred thousand actors have nothing waiting.

import type { MailboxPolicy } from './actor.ts'
import type { MessageEnvelope } from './envelope.ts'
import { Ring } from './ring.ts'
import type { Cause } from './trace/cause.ts'

/** A callback of the actor that runs like a message, under the cause it was started under. */
export interface Turn {
  readonly run: (argument: never) => void
  readonly argument: unknown
  readonly cause: Cause | undefined
}

export class Mailbox {
  readonly policy: MailboxPolicy
  /** Messages that wait, without turns. */
  depth = 0
  highWater = 0
  private turns: Ring<Turn> | undefined = undefined
  private control: Ring<MessageEnvelope> | undefined = undefined
  private data: Ring<MessageEnvelope> | undefined = undefined

  constructor(policy: MailboxPolicy) {
    this.policy = policy
  }

  get isEmpty(): boolean {
    return this.depth === 0 && (this.turns === undefined || this.turns.size === 0)
  }

  pushTurn(turn: Turn): void {
    this.turns ??= new Ring()
    this.turns.push(turn)
  }

  /** Returns the message that found no room: the new one, the lane's oldest, or undefined. */
  push(message: MessageEnvelope, control: boolean): MessageEnvelope | undefined {
    let lane = control ? this.control : this.data
    if (lane === undefined) {
      lane = new Ring()
      if (control) this.control = lane
      else this.data = lane
    }
    if (lane.size >= this.policy.capacity) {
      if (this.policy.overflow === 'reject') return message
      const oldest = lane.shift()
      if (oldest === undefined) return message
      lane.push(message)
      return oldest
    }
    lane.push(message)
    if (++this.depth > this.highWater) this.highWater = this.depth
    return undefined
  }

  /** Puts stashed messages back before everything that waits. */
  returnToHead(messages: readonly MessageEnvelope[]): void {
    if (messages.length === 0) return
    this.control ??= new Ring()
    this.control.unshiftAll(messages)
    this.depth += messages.length
    if (this.depth > this.highWater) this.highWater = this.depth
  }

  takeTurn(): Turn | undefined {
    return this.turns === undefined ? undefined : this.turns.shift()
  }

  takeMessage(): MessageEnvelope | undefined {
    if (this.depth === 0) return undefined
    this.depth--
    return this.control?.shift() ?? this.data?.shift()
  }

  dropTurns(): void {
    this.turns?.clear()
  }

  /** Everything that waits, control first, without taking it. */
  waiting(): MessageEnvelope[] {
    return [...(this.control?.toArray() ?? []), ...(this.data?.toArray() ?? [])]
  }

  /** Since when the oldest message waits, on the host's clock; undefined when none does. */
  oldestAt(): number | undefined {
    const control = this.control?.peek()?.queuedAt
    const data = this.data?.peek()?.queuedAt
    if (control === undefined || data === undefined) return control ?? data
    return Math.min(control, data)
  }

  drain(): MessageEnvelope[] {
    const all = this.waiting()
    this.control?.clear()
    this.data?.clear()
    this.depth = 0
    return all
  }
}

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
  /** The one message that waits; none when more do. Most mailboxes never hold two. */
  private only: MessageEnvelope | undefined = undefined
  private onlyIsControl = false
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
    if (this.depth === 0 && this.policy.capacity > 0) {
      this.only = message
      this.onlyIsControl = control
      this.depth = 1
      if (this.highWater === 0) this.highWater = 1
      return undefined
    }
    if (this.only !== undefined) this.spill(this.only)
    const lane = this.lane(control)
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

  private lane(control: boolean): Ring<MessageEnvelope> {
    if (control) {
      this.control ??= new Ring()
      return this.control
    }
    this.data ??= new Ring()
    return this.data
  }

  private spill(only: MessageEnvelope): void {
    this.only = undefined
    this.lane(this.onlyIsControl).push(only)
  }

  /** Puts stashed messages back before everything that waits. */
  returnToHead(messages: readonly MessageEnvelope[]): void {
    if (messages.length === 0) return
    if (this.only !== undefined) this.spill(this.only)
    this.lane(true).unshiftAll(messages)
    this.depth += messages.length
    if (this.depth > this.highWater) this.highWater = this.depth
  }

  takeTurn(): Turn | undefined {
    return this.turns === undefined ? undefined : this.turns.shift()
  }

  takeMessage(): MessageEnvelope | undefined {
    if (this.depth === 0) return undefined
    this.depth--
    const { only } = this
    if (only === undefined) return this.control?.shift() ?? this.data?.shift()
    this.only = undefined
    return only
  }

  dropTurns(): void {
    this.turns?.clear()
  }

  /** Since when the oldest message waits, on the host's clock; undefined when none does. */
  oldestAt(): number | undefined {
    if (this.only !== undefined) return this.only.queuedAt
    const control = this.control?.peek()?.queuedAt
    const data = this.data?.peek()?.queuedAt
    if (control === undefined || data === undefined) return control ?? data
    return Math.min(control, data)
  }

  /** Everything that waits, control first, without taking it. */
  waiting(): MessageEnvelope[] {
    if (this.only !== undefined) return [this.only]
    return [...(this.control?.toArray() ?? []), ...(this.data?.toArray() ?? [])]
  }

  /** Takes everything, control first. */
  drain(): MessageEnvelope[] {
    const all = this.waiting()
    this.only = undefined
    this.control?.clear()
    this.data?.clear()
    this.depth = 0
    return all
  }
}

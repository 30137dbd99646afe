// A bounded mailbox with three lanes: system turns (timers, replies) before control before data.
// System turns are bounded by what the actor itself started, so only the other two are limited.

import type { MailboxPolicy } from './actor.ts'
import type { MessageEnvelope } from './envelope.ts'
import type { Lane } from './messages.ts'

/** A queue that does not move its items when the head is taken. */
class Queue<T> {
  private items: (T | undefined)[] = []
  private head = 0

  get size(): number {
    return this.items.length - this.head
  }

  push(item: T): void {
    this.items.push(item)
  }

  unshiftAll(items: readonly T[]): void {
    this.items = [...items, ...this.items.slice(this.head)]
    this.head = 0
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined
    const item = this.items[this.head]
    this.items[this.head++] = undefined
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }

  clear(): T[] {
    const rest = this.items.slice(this.head) as T[]
    this.items = []
    this.head = 0
    return rest
  }
}

export type Turn = () => void

export class Mailbox {
  readonly policy: MailboxPolicy
  highWater = 0
  private readonly turns = new Queue<Turn>()
  private readonly control = new Queue<MessageEnvelope>()
  private readonly data = new Queue<MessageEnvelope>()

  constructor(policy: MailboxPolicy) {
    this.policy = policy
  }

  /** Messages that wait, without system turns. */
  get depth(): number {
    return this.control.size + this.data.size
  }

  get isEmpty(): boolean {
    return this.turns.size + this.depth === 0
  }

  pushTurn(turn: Turn): void {
    this.turns.push(turn)
  }

  /** Returns the message that found no room: the new one, the lane's oldest, or undefined. */
  push(message: MessageEnvelope, lane: Lane): MessageEnvelope | undefined {
    const queue = lane === 'control' ? this.control : this.data
    let refused: MessageEnvelope | undefined
    if (queue.size >= this.policy.capacity) {
      if (this.policy.overflow === 'reject') return message
      refused = queue.shift()
    }
    queue.push(message)
    this.highWater = Math.max(this.highWater, this.depth)
    return refused
  }

  /** Puts stashed messages back before everything that waits. */
  returnToHead(messages: readonly MessageEnvelope[]): void {
    this.control.unshiftAll(messages)
  }

  takeTurn(): Turn | undefined {
    return this.turns.shift()
  }

  takeMessage(): MessageEnvelope | undefined {
    return this.control.shift() ?? this.data.shift()
  }

  dropTurns(): void {
    this.turns.clear()
  }

  drain(): MessageEnvelope[] {
    return [...this.control.clear(), ...this.data.clear()]
  }
}

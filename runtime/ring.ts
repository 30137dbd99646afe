// A queue in a ring of slots: nothing moves when the head is taken, an empty one owns no array, and
// one that was large for a while gives its memory back.

const FIRST_SLOTS = 8
/** A ring of more slots is let go when it runs empty. */
const KEPT_SLOTS_MAX = 1024

const NONE: never[] = []

export class Ring<T> {
  size = 0
  private slots: (T | undefined)[] = NONE
  private head = 0

  push(item: T): void {
    if (this.size === this.slots.length) this.grow()
    this.slots[(this.head + this.size) & (this.slots.length - 1)] = item
    this.size++
  }

  peek(): T | undefined {
    return this.size === 0 ? undefined : this.slots[this.head]
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined
    const { head, slots } = this
    const item = slots[head]
    slots[head] = undefined
    this.head = (head + 1) & (slots.length - 1)
    if (--this.size === 0 && slots.length > KEPT_SLOTS_MAX) this.clear()
    return item
  }

  /** Puts items before everything that waits, in their order. */
  unshiftAll(items: readonly T[]): void {
    for (let i = items.length - 1; i >= 0; i--) {
      if (this.size === this.slots.length) this.grow()
      this.head = (this.head - 1) & (this.slots.length - 1)
      this.slots[this.head] = items[i]
      this.size++
    }
  }

  toArray(): T[] {
    const items: T[] = []
    for (let i = 0; i < this.size; i++) {
      items.push(this.slots[(this.head + i) & (this.slots.length - 1)] as T)
    }
    return items
  }

  /** Forgets everything, also the memory. */
  clear(): void {
    this.slots = NONE
    this.head = 0
    this.size = 0
  }

  private grow(): void {
    const items = this.toArray()
    const slots: (T | undefined)[] = new Array(Math.max(FIRST_SLOTS, items.length * 2))
    slots.fill(undefined)
    for (let i = 0; i < items.length; i++) slots[i] = items[i]
    this.slots = slots
    this.head = 0
  }
}

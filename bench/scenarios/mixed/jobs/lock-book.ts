// The locks of the generator: which are free, and how often each was used. The nth lock belongs to
// the nth account, which does nothing else: its nonce is the number of its locks.

export interface JobLock {
  readonly index: number
  readonly owner: number
  /** How often it was given back. */
  use: number
  /** The owner's next. */
  nonce: number
}

export class LockBook {
  /** In the order in which they became free. */
  private readonly free: JobLock[]
  private first = 0
  private busy = 0
  private retired = 0

  constructor(accounts: number, locks: number) {
    this.free = Array.from({ length: locks }, (_, i) => {
      return { index: accounts + i, owner: i, use: 0, nonce: 0 }
    })
  }

  /** Undefined when none is free. */
  take(): JobLock | undefined {
    const lock = this.free[this.first]
    if (!lock) return undefined
    this.first++
    this.busy++
    // What was taken goes once it is half of the list.
    if (this.first * 2 > this.free.length) {
      this.free.splice(0, this.first)
      this.first = 0
    }
    return lock
  }

  /** It holds nothing (any more). */
  give(lock: JobLock): void {
    this.busy--
    this.free.push(lock)
  }

  /** Nobody knows what it holds: it is not used again. */
  retire(): void {
    this.busy--
    this.retired++
  }

  get busyCount(): number {
    return this.busy
  }

  get retiredCount(): number {
    return this.retired
  }
}

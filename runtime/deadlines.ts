// Deadlines of asks. Asks mostly wait equally long, so those of one duration form a list in the
// order of their ends, with one timer for the list: starting and ending an ask sets no timer.

import type { Clock } from './ports.ts'

/** What has a deadline; the links belong to the list it waits in. */
export interface Due {
  /** On the host's clock. */
  readonly deadline: number
  list: DueList | undefined
  before: Due | undefined
  after: Due | undefined
}

interface DueList {
  readonly within: number
  first: Due | undefined
  last: Due | undefined
  cancelTimer: (() => void) | undefined
}

/** Lists that wait empty for the next ask of their duration; their timers still run. */
const EMPTY_LISTS_MAX = 16

export class Deadlines<T extends Due> {
  private readonly clock: Clock
  private readonly expire: (due: T) => void
  private readonly lists = new Map<number, DueList>()
  private empty = 0

  constructor(clock: Clock, expire: (due: T) => void) {
    this.clock = clock
    this.expire = expire
  }

  add(due: T, within: number): void {
    let list = this.lists.get(within)
    if (list === undefined) {
      list = { within, first: undefined, last: undefined, cancelTimer: undefined }
      this.lists.set(within, list)
      this.arm(list, within)
    } else if (list.first === undefined) this.empty--
    due.list = list
    due.before = list.last
    if (list.last === undefined) list.first = due
    else list.last.after = due
    list.last = due
  }

  remove(due: T): void {
    const { list, before, after } = due
    if (list === undefined) return
    due.list = undefined
    due.before = undefined
    due.after = undefined
    if (before === undefined) list.first = after
    else before.after = after
    if (after === undefined) list.last = before
    else after.before = before
    if (list.first !== undefined) return
    if (this.empty < EMPTY_LISTS_MAX) this.empty++
    else this.drop(list)
  }

  stop(): void {
    for (const list of this.lists.values()) list.cancelTimer?.()
    this.lists.clear()
    this.empty = 0
  }

  private drop(list: DueList): void {
    list.cancelTimer?.()
    this.lists.delete(list.within)
  }

  private arm(list: DueList, ms: number): void {
    list.cancelTimer = this.clock.after(ms, () => this.timer(list))
  }

  private timer(list: DueList): void {
    if (this.lists.get(list.within) !== list) return
    const now = this.clock.now()
    while (list.first !== undefined && list.first.deadline <= now) {
      const due = list.first as T
      this.remove(due)
      this.expire(due)
      if (this.lists.get(list.within) !== list) return
    }
    if (list.first !== undefined) this.arm(list, list.first.deadline - now)
    else {
      this.empty--
      this.lists.delete(list.within)
    }
  }
}

// What is due when: a binary heap whose times lie beside its entries.
// PERF: millions of events pass through it; comparing plain numbers halves what they cost.

export interface Entry {
  /** Drawn, for events of one moment; then the order in which they were planned. */
  readonly tie: number
  readonly order: number
  /** Undefined when it was cancelled. */
  run: (() => void) | undefined
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.tie !== b.tie ? a.tie < b.tie : a.order < b.order
}

export class Agenda {
  private readonly times: number[] = []
  private readonly entries: Entry[] = []

  /** When the first entry is due. */
  get next(): number | undefined {
    return this.times.length > 0 ? this.times[0] : undefined
  }

  push(time: number, entry: Entry): void {
    const { times, entries } = this
    let at = times.length
    times.push(time)
    entries.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = times[parent] as number
      if (above < time || (above === time && isBefore(entries[parent] as Entry, entry))) break
      times[at] = above
      entries[at] = entries[parent] as Entry
      at = parent
    }
    times[at] = time
    entries[at] = entry
  }

  /** Takes the first entry out; there must be one. */
  pop(): Entry {
    const { times, entries } = this
    const first = entries[0] as Entry
    const time = times.pop() as number
    const last = entries.pop() as Entry
    if (times.length > 0) this.sink(time, last)
    return first
  }

  private sink(time: number, entry: Entry): void {
    const { times, entries } = this
    const size = times.length
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.isEarlier(child + 1, child)) child++
      const below = times[child] as number
      if (below > time || (below === time && isBefore(entry, entries[child] as Entry))) break
      times[at] = below
      entries[at] = entries[child] as Entry
      at = child
    }
    times[at] = time
    entries[at] = entry
  }

  private isEarlier(a: number, b: number): boolean {
    const first = this.times[a] as number
    const second = this.times[b] as number
    if (first !== second) return first < second
    return isBefore(this.entries[a] as Entry, this.entries[b] as Entry)
  }
}

// Watches across links. A watch lives on one link: it ends with one call, when the target stops or
// fails, or as `unreachable` when the link goes down; who wants to go on watching watches again.
// Both messages of it are repeated until they are confirmed, so that no link can swallow them.

import type { TerminatedWhy } from '../context.ts'
import { type Ref, refText } from '../ref.ts'

export interface RemoteWatch {
  readonly target: Ref
  /** Counts the watches of this link; an answer to one is none to those that came after it. */
  readonly number: number
  readonly terminated: (why: TerminatedWhy) => void
  /** The other host knows of it. */
  heard: boolean
}

export interface WatchEnd {
  readonly target: Ref
  /** The latest watch that it ends. */
  readonly number: number
  readonly why: TerminatedWhy
}

/** The watches of one link, in both directions. */
export class Watches {
  private readonly ours: RemoteWatch[] = []
  private count = 0
  /** Actors here that the other host watches, each with its latest watch. */
  private readonly theirs = new Map<string, number>()
  /** Ends of watched actors that the other host has not confirmed. */
  private readonly ends = new Map<string, WatchEnd>()

  add(target: Ref, terminated: (why: TerminatedWhy) => void): void {
    this.ours.push({ target, number: ++this.count, terminated, heard: false })
  }

  private upTo(id: string, number: number): RemoteWatch[] {
    return this.ours.filter((one) => one.number <= number && refText(one.target) === id)
  }

  /** The other host has the watches up to this one. */
  heard(id: string, number: number): void {
    for (const watch of this.upTo(id, number)) watch.heard = true
  }

  /** The other host says that a target has ended: calls its watchers up to this watch. */
  ended(id: string, number: number, why: TerminatedWhy): void {
    for (const watch of this.upTo(id, number)) {
      this.ours.splice(this.ours.indexOf(watch), 1)
      watch.terminated(why)
    }
  }

  /** The other host watches an actor here. False: that watch has ended already, as is to be told. */
  watchedBy(id: string, number: number): boolean {
    if ((this.ends.get(id)?.number ?? 0) >= number) return false
    this.theirs.set(id, Math.max(number, this.theirs.get(id) ?? 0))
    return true
  }

  /** An actor here has ended: true when the other host is to be told. */
  endOf(target: Ref, why: TerminatedWhy): boolean {
    const id = refText(target)
    const number = this.theirs.get(id)
    if (number === undefined) return false
    this.theirs.delete(id)
    this.ends.set(id, { target, number, why })
    return true
  }

  /** Tells the end of an actor that is not here. */
  endedBefore(target: Ref, number: number): void {
    const id = refText(target)
    if ((this.ends.get(id)?.number ?? 0) < number) {
      this.ends.set(id, { target, number, why: 'stopped' })
    }
  }

  endHeard(id: string, number: number): void {
    if ((this.ends.get(id)?.number ?? 0) <= number) this.ends.delete(id)
  }

  /** What has to be said again. */
  get unheard(): {
    readonly watches: readonly RemoteWatch[]
    readonly ends: readonly WatchEnd[]
  } {
    return { watches: this.ours.filter((one) => !one.heard), ends: [...this.ends.values()] }
  }

  get hasUnheard(): boolean {
    return this.ends.size > 0 || this.ours.some((one) => !one.heard)
  }

  /** The link is gone: every watcher hears of it. */
  unreachable(): void {
    for (const watch of this.ours.splice(0)) watch.terminated('unreachable')
  }
}

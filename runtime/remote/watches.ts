// Watches across links. A watch lives on one link: it ends with one call, when the target stops or
// fails, or as `unreachable` when the link goes down; who wants to go on watching watches again.
// Both messages of it are repeated until they are confirmed, so that no link can swallow them.

import type { TerminatedWhy } from '../context.ts'
import { type Ref, refText } from '../ref.ts'

export interface RemoteWatch {
  readonly target: Ref
  readonly terminated: (why: TerminatedWhy) => void
  /** The other host knows of it. */
  heard: boolean
}

/** The watches of one link, in both directions. */
export class Watches {
  private readonly ours: RemoteWatch[] = []
  /** Actors here that the other host watches. */
  private readonly theirs = new Set<string>()
  /** Ends of watched actors that the other host has not confirmed. */
  private readonly ends = new Map<string, { readonly target: Ref; readonly why: TerminatedWhy }>()

  add(target: Ref, terminated: (why: TerminatedWhy) => void): void {
    this.ours.push({ target, terminated, heard: false })
  }

  /** The other host has the watch. */
  heard(id: string): void {
    for (const watch of this.ours) if (refText(watch.target) === id) watch.heard = true
  }

  /** The other host says that a target has ended: calls all its watchers. */
  ended(id: string, why: TerminatedWhy): void {
    for (const watch of this.ours.filter((one) => refText(one.target) === id)) {
      this.ours.splice(this.ours.indexOf(watch), 1)
      watch.terminated(why)
    }
  }

  /** The other host watches an actor here. */
  watchedBy(id: string): void {
    this.ends.delete(id)
    this.theirs.add(id)
  }

  /** An actor here has ended: true when the other host is to be told. */
  endOf(target: Ref, why: TerminatedWhy): boolean {
    const id = refText(target)
    if (!this.theirs.delete(id)) return false
    this.ends.set(id, { target, why })
    return true
  }

  /** Tells the end of an actor that is not here. */
  endedBefore(target: Ref): void {
    this.ends.set(refText(target), { target, why: 'stopped' })
  }

  endHeard(id: string): void {
    this.ends.delete(id)
  }

  /** What has to be said again. */
  get unheard(): {
    readonly watches: readonly Ref[]
    readonly ends: readonly { readonly target: Ref; readonly why: TerminatedWhy }[]
  } {
    return {
      watches: this.ours.filter((one) => !one.heard).map((one) => one.target),
      ends: [...this.ends.values()],
    }
  }

  get hasUnheard(): boolean {
    return this.ends.size > 0 || this.ours.some((one) => !one.heard)
  }

  /** The link is gone: every watcher hears of it. */
  unreachable(): void {
    for (const watch of this.ours.splice(0)) watch.terminated('unreachable')
  }
}

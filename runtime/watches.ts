// Who on this host watches whom. A target on another host is watched once over the link, however
// many watch it here, and a watcher that ends leaves nothing behind.

import type { TerminatedWhy } from './context.ts'
import type { Host } from './host.ts'
import { type Ref, refText } from './ref.ts'

type Terminated = (why: TerminatedWhy) => void

export class Watches {
  private readonly host: Host
  private readonly remote = new Map<string, Set<Terminated>>()

  constructor(host: Host) {
    this.host = host
  }

  /** Calls back once; at once if the target is not there. The result takes the watch away. */
  add(target: Ref, terminated: Terminated): () => void {
    const { host } = this
    const at = host.options.place(target.kind, target.key)
    if (at !== host.name) return this.addRemote(at, target, terminated)
    const cell = host.cellOf(target)
    if (cell === undefined) {
      terminated('stopped')
      return () => {}
    }
    cell.watchers ??= new Set()
    cell.watchers.add(terminated)
    return () => cell.watchers?.delete(terminated)
  }

  private addRemote(peer: string, target: Ref, terminated: Terminated): () => void {
    const id = refText(target)
    const known = this.remote.get(id)
    const watchers = known ?? new Set()
    watchers.add(terminated)
    if (known === undefined) {
      this.remote.set(id, watchers)
      this.host.remote.watch(peer, target, (why) => {
        if (this.remote.get(id) === watchers) this.remote.delete(id)
        for (const one of watchers) one(why)
      })
    }
    return () => watchers.delete(terminated)
  }
}

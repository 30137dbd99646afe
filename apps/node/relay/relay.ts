// The main thread's part in links between processes. Every pair of hosts of two processes has a
// channel on the one connection between them; the main host's channels end here, those of worker
// threads are passed on. A lost connection takes its channels down, and so does a lost thread.

import { RELAY_REOPEN_MS } from '../../../config/limits.ts'
import type { Host } from '../../../runtime/host.ts'
import type { Link } from '../../../runtime/ports.ts'
import type { Carrier } from '../../../transport/carrier.ts'
import { heardLink } from '../../../transport/heard-link.ts'
import { Mux } from '../../../transport/mux/mux.ts'
import { splice } from '../../../transport/mux/splice.ts'
import { channelHosts, channelName } from './channel-name.ts'

export interface RemoteProcess {
  readonly name: string
  /** All of its hosts; the first is its main thread's. */
  readonly hosts: readonly string[]
}

interface Trunk {
  readonly carrier: Carrier
  readonly mux: Mux
  /** Names of the channels that are open at this end. */
  readonly open: Map<string, Link>
}

interface Thread {
  readonly mux: Mux
  readonly reach: (peer: string) => void
}

export class Relay {
  private readonly host: Host
  private readonly processes: ReadonlyMap<string, RemoteProcess>
  private readonly trunks = new Map<string, Trunk>()
  private readonly threads = new Map<string, Thread>()

  constructor(host: Host, processes: readonly RemoteProcess[]) {
    this.host = host
    this.processes = new Map(processes.map((one) => [one.name, one]))
  }

  /** A connection to another process is up: every host here opens its channels on it. */
  trunk(peer: string, carrier: Carrier): void {
    const remote = this.processes.get(peer)
    if (!remote) {
      carrier.close('not a process of this topology')
      return
    }
    const mux = new Mux(carrier)
    const trunk: Trunk = { carrier, mux, open: new Map() }
    this.trunks.set(peer, trunk)
    mux.onOffer((name) => this.offered(remote, trunk, name))
    for (const here of [this.host.name, ...this.threads.keys()]) {
      for (const there of remote.hosts) this.open(remote, trunk, here, there)
    }
  }

  /**
   * A worker thread runs, for the first time or again. `reach` has it open its end of the channel
   * to a host, on the carrier.
   */
  thread(name: string, carrier: Carrier, reach: (peer: string) => void): void {
    const ended = () => {
      if (this.threads.get(name) === thread) this.threads.delete(name)
    }
    const thread: Thread = { mux: new Mux(heardLink(carrier, ended)), reach }
    this.threads.set(name, thread)
    for (const [peer, trunk] of this.trunks) {
      const remote = this.processes.get(peer) as RemoteProcess
      for (const there of remote.hosts) this.open(remote, trunk, name, there)
    }
  }

  /** The other end opened a channel that is closed here: its thread was replaced. */
  private offered(remote: RemoteProcess, trunk: Trunk, name: string): void {
    const [a, b] = channelHosts(name) ?? ['', '']
    const [here, there] = remote.hosts.includes(a) ? [b, a] : [a, b]
    if (remote.hosts.includes(there)) this.open(remote, trunk, here, there)
  }

  private open(remote: RemoteProcess, trunk: Trunk, here: string, there: string): void {
    const thread = this.threads.get(here)
    if (!thread && here !== this.host.name) return
    const name = channelName(here, there)
    const link = heardLink(trunk.mux.open(name), (why) =>
      this.ended(remote, trunk, name, link, why),
    )
    trunk.open.set(name, link)
    if (thread) {
      splice(link, thread.mux.open(name))
      thread.reach(there)
    } else this.host.attach(there, link, { heartbeat: there === remote.hosts[0] })
  }

  private ended(remote: RemoteProcess, trunk: Trunk, name: string, link: Link, why: string): void {
    if (trunk.open.get(name) !== link) return
    trunk.open.delete(name)
    const isMains = name === channelName(this.host.name, remote.hosts[0] as string)
    // The two main threads no longer hear each other: neither do the threads behind them.
    if (isMains) {
      if (this.trunks.get(remote.name) === trunk) this.trunks.delete(remote.name)
      trunk.carrier.close(why)
    } else if (trunk.mux.isOffered(name)) this.offered(remote, trunk, name)
    else this.openLater(remote, trunk, name)
  }

  /** Closed by a host for rubbish, it is tried again: that host takes it once it has forgiven. */
  private openLater(remote: RemoteProcess, trunk: Trunk, name: string): void {
    this.host.options.clock.after(RELAY_REOPEN_MS, () => {
      const isThere = this.trunks.get(remote.name) === trunk && !trunk.open.has(name)
      if (isThere) this.offered(remote, trunk, name)
    })
  }
}

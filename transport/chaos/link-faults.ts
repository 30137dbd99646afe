// The faults of one process's connections, by the name of the process at the other end: set, timed
// and ended at run time, also for connections that are made later.

import type { Clock, Entropy } from '../../runtime/ports.ts'
import type { Carrier } from '../carrier.ts'
import { type Faults, HEALTHY, isHealthy } from './faults.ts'
import { FaultyLink } from './faulty-link.ts'

export interface LinkFaultsOptions {
  readonly clock: Clock
  readonly entropy: Entropy
  /** See FaultyLink. */
  readonly mayLose?: (frame: Uint8Array) => boolean
}

interface Entry {
  readonly faults: Faults
  readonly stopTimer: () => void
}

export class LinkFaults {
  private readonly options: LinkFaultsOptions
  private readonly byPeer = new Map<string, Entry>()
  private readonly links = new Map<string, Set<FaultyLink>>()

  constructor(options: LinkFaultsOptions) {
    this.options = options
  }

  /** Stands between the connection to `peer` and whoever uses it. */
  wrap(peer: string, link: Carrier): FaultyLink {
    const faulty = new FaultyLink(link, this.options)
    faulty.faults = this.of(peer)
    const links = this.links.get(peer) ?? new Set()
    this.links.set(peer, links)
    for (const old of links) if (!old.isUp) links.delete(old)
    links.add(faulty)
    return faulty
  }

  of(peer: string): Faults {
    return this.byPeer.get(peer)?.faults ?? HEALTHY
  }

  /** Replaces the faults towards `peer`; with `forMs` they end by themselves. */
  set(peer: string, faults: Faults, forMs?: number): void {
    this.byPeer.get(peer)?.stopTimer()
    this.byPeer.delete(peer)
    if (!isHealthy(faults)) {
      const heal = () => this.set(peer, HEALTHY)
      const stopTimer = forMs === undefined ? () => {} : this.options.clock.after(forMs, heal)
      this.byPeer.set(peer, { faults, stopTimer })
    }
    for (const link of this.links.get(peer) ?? []) if (link.isUp) link.faults = faults
  }

  heal(): void {
    for (const peer of [...this.byPeer.keys()]) this.set(peer, HEALTHY)
  }

  /** The faults that are set now. */
  view(): Record<string, Faults> {
    return Object.fromEntries([...this.byPeer].map(([peer, { faults }]) => [peer, faults]))
  }
}

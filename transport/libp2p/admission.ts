// Who may be connected: the peers of the topology, each in one direction, unless in quarantine.
// Everybody else is refused before a stream can be opened, counted, and named in the log at a
// bounded rate.

import { TRUNK_QUARANTINE_MS, TRUNK_REFUSED_LOG_MS } from '../../config/limits.ts'
import type { Clock } from '../../runtime/ports.ts'

export interface Refusals {
  /** Peers that the topology does not name. */
  unknown: number
  /** Peers that sent rubbish not long ago. */
  quarantined: number
  /** Peers that must wait to be dialled by this process. */
  direction: number
}

export type TrunkLog = (event: string, fields: Record<string, unknown>) => void

/** Of two processes the one with the smaller peer id dials the other. */
export function dials(from: string, to: string): boolean {
  return from < to
}

export class Admission {
  private readonly self: string
  private readonly known: ReadonlyMap<string, string>
  private readonly clock: Clock
  private readonly log: TrunkLog
  private readonly until = new Map<string, number>()
  private lastLogged = Number.NEGATIVE_INFINITY
  private unlogged = 0
  readonly refused: Refusals = { unknown: 0, quarantined: 0, direction: 0 }
  /** How often a peer was put into quarantine. */
  rubbish = 0

  /** `known` gives the names of the peers by their ids. */
  constructor(self: string, known: ReadonlyMap<string, string>, clock: Clock, log: TrunkLog) {
    this.self = self
    this.known = known
    this.clock = clock
    this.log = log
  }

  /** The name of a peer that may come in; undefined refuses it. */
  admit(peerId: string): string | undefined {
    const name = this.known.get(peerId)
    if (name === undefined) return this.refuse('unknown', peerId)
    if (this.quarantineMs(peerId) > 0) return this.refuse('quarantined', peerId)
    if (!dials(peerId, this.self)) return this.refuse('direction', peerId)
    return name
  }

  quarantine(peerId: string, why: string): void {
    this.rubbish++
    this.until.set(peerId, this.clock.now() + TRUNK_QUARANTINE_MS)
    this.log('peer in quarantine', {
      peer: this.known.get(peerId),
      peerId,
      why,
      ms: TRUNK_QUARANTINE_MS,
    })
  }

  /** For how long the peer is still refused. */
  quarantineMs(peerId: string): number {
    return Math.max(0, (this.until.get(peerId) ?? 0) - this.clock.now())
  }

  private refuse(reason: keyof Refusals, peerId: string): undefined {
    this.refused[reason]++
    const now = this.clock.now()
    this.unlogged++
    if (now - this.lastLogged < TRUNK_REFUSED_LOG_MS) return undefined
    this.log('connection refused', { reason, peerId, refused: this.unlogged })
    this.lastLogged = now
    this.unlogged = 0
    return undefined
  }
}

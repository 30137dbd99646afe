// Keeps the row of one link in its host's counters. Sums go on over the links to the same peer, and
// figures of now are those of the link that is there.

import { LINK } from '../metrics/counters-layout.ts'
import { count, type HostCounters } from '../metrics/host-counters.ts'
import type { PeerView } from './peer-view.ts'

type Sums = Pick<
  PeerView,
  'framesIn' | 'framesOut' | 'messagesIn' | 'messagesOut' | 'bytesIn' | 'bytesOut'
>
type Sum = keyof Sums

const SUMS: readonly Sum[] = [
  'framesIn',
  'framesOut',
  'messagesIn',
  'messagesOut',
  'bytesIn',
  'bytesOut',
]

const STATES = { up: 1, suspect: 0.5, greeting: 0 }

export class LinkRow {
  private readonly row: Float64Array
  private readonly told: Record<Sum, number> = {
    framesIn: 0,
    framesOut: 0,
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
  }

  constructor(counters: HostCounters, peer: string) {
    this.row = counters.link(peer)
  }

  record(view: PeerView): void {
    const { row } = this
    for (const sum of SUMS) {
      count(row, LINK[sum], view[sum] - this.told[sum])
      this.told[sum] = view[sum]
    }
    const { control, data } = view.lanes
    row[LINK.creditsLeft] = data.creditMessages
    row[LINK.queued] = control.queuedMessages + data.queuedMessages
    row[LINK.parked] = view.parked
    row[LINK.roundTripMs] = view.roundTripMs ?? 0
    row[LINK.up] = STATES[view.state]
  }

  down(view: PeerView): void {
    this.record(view)
    for (const now of [LINK.up, LINK.creditsLeft, LINK.queued, LINK.parked]) this.row[now] = 0
  }
}

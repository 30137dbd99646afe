// What is told of the link to one peer: by `host.remote.peers()`, for the inspector and metrics.

import type { Lane } from '../ports.ts'

export type PeerState = 'greeting' | 'up' | 'suspect'

export interface LaneView {
  /** Messages and bytes that may still be put in before their writer is parked. */
  readonly creditMessages: number
  readonly creditBytes: number
  /** Messages and bytes that wait here. */
  readonly queuedMessages: number
  readonly queuedBytes: number
}

export interface PeerView {
  readonly name: string
  readonly state: PeerState
  readonly lanes: Readonly<Record<Lane, LaneView>>
  /** A moving mean; undefined before the first answer to a ping. */
  readonly roundTripMs: number | undefined
  /** Cells that wait for room. */
  readonly parked: number
  readonly framesIn: number
  readonly framesOut: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Messages that were sent here and never came, or came in a broken frame. */
  readonly lostIn: number
  /** Frames that came late or twice. */
  readonly dropped: number
  readonly rubbish: number
}

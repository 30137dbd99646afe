// A link that carries other links: one connection between two threads or processes, over which a
// Mux runs many. Any Link will do; one that knows more saves a copy and can refuse a bad peer.

import type { Lane, Link } from '../runtime/ports.ts'

export interface Carrier extends Link {
  /** Like `send` of `head` and `frame` as one frame, without joining them first. */
  sendWith?(head: Uint8Array, frame: Uint8Array, lane: Lane): boolean
  /** The peer sent rubbish: closes, and refuses the peer for a while where it can. */
  quarantine?(why: string): void
}

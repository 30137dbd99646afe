// Which checkpoints the peers have: each is asked once.

import type { Hex } from '../../lib/hex.ts'
import type { SyncPeers } from './sync-peers.ts'

export interface Offer {
  readonly number: number
  readonly hash: Hex
  readonly sources: Set<string>
}

/** Calls back when all have answered, or have not in time. */
export function gatherOffers(peers: SyncPeers, done: (offers: Offer[]) => void): void {
  const offers = new Map<string, Offer>()
  const nodes = peers.honest
  let open = nodes.length
  const ended = () => {
    if (--open === 0) done([...offers.values()])
  }
  if (open === 0) done([])
  for (const node of nodes) {
    const ok = (list: readonly { number: number; hash: Hex }[]) => {
      for (const { number, hash } of list) {
        const key = `${number} ${hash}`
        const offer = offers.get(key) ?? { number, hash, sources: new Set<string>() }
        offers.set(key, offer)
        offer.sources.add(node)
      }
      ended()
    }
    peers.ask(node, 'Checkpoints', null, ok, ended)
  }
}

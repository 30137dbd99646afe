// Which snapshot to start from: every peer is asked for the one of the trusted block, or for its
// newest; of those that can be trusted the newest, and of two lists of chunks for one block that
// which more peers name. Only the header is vouched for: a list of chunks can be made up, and is
// found out when the state is rebuilt.

import { SYNC_ASK_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import { decodeManifest, type SnapshotManifest } from '../../protocol/snapshot/snapshot-manifest.ts'
import type { SnapshotVerdict } from '../../protocol/snapshot/snapshot-refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { ArchiveMessages } from '../messages/archive.ts'

export interface Offer {
  readonly manifest: SnapshotManifest
  readonly bytes: Uint8Array
  /** Who has it. */
  readonly peers: Set<string>
}

export interface FoundNothing {
  /** Why the last offer was not taken, or that there was none. */
  readonly why: string
}

interface Question {
  readonly peers: readonly string[]
  readonly hash: Hex | undefined
  readonly judge: (manifest: SnapshotManifest) => SnapshotVerdict
}

function better(a: Offer, b: Offer): boolean {
  const [mine, other] = [a.manifest.header.height, b.manifest.header.height]
  return mine > other || (mine === other && a.peers.size > b.peers.size)
}

/** Answers once every peer has, or could. */
export function findSnapshot(
  ctx: Context,
  { peers, hash, judge }: Question,
  found: (offer: Offer | FoundNothing) => void,
): void {
  const offers = new Map<Hex, Offer>()
  let why = 'no peer has a snapshot of that block'
  let waiting = peers.length
  const take = (peer: string, bytes: Uint8Array) => {
    const manifest = decodeManifest(bytes)
    if (typeof manifest === 'string') {
      why = `${peer} sends a manifest that cannot be read: ${manifest}`
      return
    }
    const verdict = judge(manifest)
    if (!verdict.ok) {
      why = `${peer}: ${verdict.code}, ${verdict.detail}`
      return
    }
    const id = keccakHex(bytes)
    const offer = offers.get(id)
    if (offer) offer.peers.add(peer)
    else offers.set(id, { manifest, bytes, peers: new Set([peer]) })
  }
  const end = () => {
    if (--waiting > 0) return
    let best: Offer | undefined
    for (const offer of offers.values()) if (!best || better(offer, best)) best = offer
    found(best ?? { why })
  }
  if (peers.length === 0) found({ why: 'no peers are left to ask' })
  for (const peer of peers) {
    ctx.ask(
      ArchiveMessages,
      peer,
      'Manifest',
      { hash },
      {
        within: SYNC_ASK_MS,
        ok: ({ code, manifest }) => {
          if (code === '') take(peer, manifest)
          end()
        },
        failed: end,
      },
    )
  }
}

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
  readonly judge: (
    manifest: SnapshotManifest,
    peer: string,
    verdict: (verdict: SnapshotVerdict) => void,
  ) => void
}

interface Sent {
  readonly peer: string
  readonly bytes: Uint8Array
}

function better(a: Offer, b: Offer): boolean {
  const [mine, other] = [a.manifest.header.height, b.manifest.header.height]
  return mine > other || (mine === other && a.peers.size > b.peers.size)
}

/** One after the other: what is found out for the first holds for the rest. */
function judgeAll(
  sent: readonly Sent[],
  judge: Question['judge'],
  found: (offer: Offer | FoundNothing) => void,
): void {
  const offers = new Map<Hex, Offer>()
  let why = 'no peer has a snapshot of that block'
  const take = (at: number): void => {
    const one = sent[at]
    if (!one) {
      let best: Offer | undefined
      for (const offer of offers.values()) if (!best || better(offer, best)) best = offer
      found(best ?? { why })
      return
    }
    const { peer, bytes } = one
    const manifest = decodeManifest(bytes)
    if (typeof manifest === 'string') {
      why = `${peer} sends a manifest that cannot be read: ${manifest}`
      take(at + 1)
      return
    }
    judge(manifest, peer, (verdict) => {
      const id = keccakHex(bytes)
      if (!verdict.ok) why = `${peer}: ${verdict.code}, ${verdict.detail}`
      else if (offers.has(id)) offers.get(id)?.peers.add(peer)
      else offers.set(id, { manifest, bytes, peers: new Set([peer]) })
      take(at + 1)
    })
  }
  take(0)
}

/** Answers once every peer has, or could. */
export function findSnapshot(
  ctx: Context,
  { peers, hash, judge }: Question,
  found: (offer: Offer | FoundNothing) => void,
): void {
  const sent: Sent[] = []
  let waiting = peers.length
  const end = () => {
    if (--waiting === 0) judgeAll(sent, judge, found)
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
          if (code === '') sent.push({ peer, bytes: manifest })
          end()
        },
        failed: end,
      },
    )
  }
}

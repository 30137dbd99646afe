// Finds what is false in a claim's lists of what leaves the shard.

import type { Claim } from './claim.ts'
import { type Sent, sentBy, TO_BASE_CHAIN } from './entry-rules.ts'
import { exitedWith } from './entry-source.ts'
import { lastEntry } from './fraud-evidence.ts'
import type { FraudKind, FraudProof } from './fraud-proof.ts'
import {
  type EvidenceMaker,
  leafAt,
  type PublishedBatch,
  type PublishedCase,
  proofOf,
} from './fraud-search.ts'
import { OUTGOING_WORDS, type OutgoingLeaf, readOutgoing } from './outgoing.ts'

const NONE = new Uint32Array(0)

function isThat(leaf: OutgoingLeaf, sent: Sent): boolean {
  return leaf.from === sent.from && leaf.to === sent.to && leaf.amount === sent.amount
}

/** By destination, what each entry of the claim sends. */
function allSent(published: PublishedCase, claim: number): Map<number, Map<number, Sent>> {
  const all = new Map<number, Map<number, Sent>>()
  const { place, claims } = published.fraud
  for (let position = 0; position < (claims[claim] as Claim).entries; position++) {
    const leaf = leafAt(published, claim, position)
    const sent = sentBy(leaf, place)
    if (!sent) continue
    const list = all.get(sent.destination) ?? new Map<number, Sent>()
    all.set(sent.destination, list.set(leaf.entry, sent))
  }
  return all
}

function falseTo(
  published: PublishedCase,
  evidence: EvidenceMaker,
  claim: number,
  destination: number,
  expected: ReadonlyMap<number, Sent>,
): FraudProof | undefined {
  const it = published.fraud.claims[claim] as Claim
  const batch = published.batches[claim] as PublishedBatch
  const leaves =
    destination === TO_BASE_CHAIN ? batch.exits : (batch.outbox.get(destination) ?? NONE)
  const count = leaves.length / OUTGOING_WORDS
  const side = destination + 1
  const prove = (kind: FraudKind, positions: readonly number[], entry?: number) => {
    const nodes = positions.map((at) => evidence.node(leaves, at))
    const shown = entry === undefined ? [] : [evidence.leaf(claim, entry - it.firstEntry)]
    return proofOf(kind, claim, { side, nodes, leaves: shown })
  }
  let [total, before] = [0n, 0]
  for (let at = 0; at < count; at++) {
    const leaf = readOutgoing(leaves, at)
    const isWithin = leaf.entry >= it.firstEntry && leaf.entry <= lastEntry(it)
    if (!isWithin) return prove('SENT', [at])
    const sent = expected.get(leaf.entry)
    if (!sent || !isThat(leaf, sent)) return prove('SENT', [at], leaf.entry)
    total += leaf.amount
    if (leaf.entry <= before || leaf.total !== total) {
      return prove('SENT_ORDER', at === 0 ? [0] : [at - 1, at])
    }
    before = leaf.entry
  }
  const entries = Array.from({ length: count }, (_, at) => readOutgoing(leaves, at).entry)
  for (const entry of expected.keys()) {
    if (entries.includes(entry)) continue
    const at = entries.findIndex((one) => one > entry)
    const beside = at === -1 ? [count - 1] : at === 0 ? [0] : [at - 1, at]
    return prove('SENT_LESS', count === 0 ? [] : beside, entry)
  }
  const outbox = it.outbox.find(({ shard }) => shard === destination)?.amount ?? 0n
  const amount = destination === TO_BASE_CHAIN ? exitedWith(published.fraud, claim) : outbox
  if (amount === undefined || amount === total) return undefined
  return prove('SENT_SUM', count === 0 ? [] : [count - 1])
}

export function findFalseSent(
  published: PublishedCase,
  evidence: EvidenceMaker,
  claim: number,
): FraudProof | undefined {
  const { place } = published.fraud
  const sent = allSent(published, claim)
  for (let destination = TO_BASE_CHAIN; destination < place.shards; destination++) {
    if (destination === place.shard) continue
    const expected = sent.get(destination) ?? new Map<number, Sent>()
    const found = falseTo(published, evidence, claim, destination, expected)
    if (found) return found
  }
  return undefined
}

// What a challenger does: goes through the claims in their order and proves the first false word.
// Whatever came before it is true, so it is always provable: docs/spec/rollup-fraud.md.

import type { HashPairs } from '../crypto/hash-pairs.ts'
import type { Claim } from './claim.ts'
import { firstTransfer, operationEntries, operationOfEntry } from './entry-counts.ts'
import { type AccountThen, afterOf, isSame, keepsRules, readsOf } from './entry-rules.ts'
import { countsRight, isAsItsSource, isThatOperation } from './entry-source.ts'
import { findFalseEnd } from './find-false-end.ts'
import { findFalseSent } from './find-false-sent.ts'
import { lastEntry, type ShownLeaf } from './fraud-evidence.ts'
import type { FraudKind, FraudProof } from './fraud-proof.ts'
import {
  EvidenceMaker,
  type LastTouch,
  leafAt,
  type PublishedBatch,
  type PublishedCase,
  proofOf,
} from './fraud-search.ts'
import { accountIn } from './judge-end.ts'
import { readOperation } from './operations.ts'
import { OUTGOING_WORDS } from './outgoing.ts'
import { slotIn } from './shard-place.ts'
import { KIND } from './trace.ts'

const isOperation = ({ kind }: ShownLeaf) => kind >= KIND.pay && kind <= KIND.lock

class Search {
  readonly published: PublishedCase
  readonly evidence: EvidenceMaker
  readonly last: LastTouch = new Map()

  constructor(published: PublishedCase, hashPairs: HashPairs) {
    this.published = published
    this.evidence = new EvidenceMaker(published, hashPairs)
  }

  /** Where the leaf's source is a leaf of another tree: that one. */
  private sourceOf(leaf: ShownLeaf): { leaves: Uint32Array; at: number } | undefined {
    const { claims } = this.published.fraud
    const claim = claims[leaf.claim] as Claim
    const { transfers, consumed } = claim
    const batch = this.published.batches[leaf.claim] as PublishedBatch
    const first = firstTransfer(claim)
    if (leaf.position >= first) {
      const at = leaf.position - first
      if (at < transfers) return { leaves: batch.transfers, at }
      if (at - transfers >= operationEntries(claim)) return undefined
      return { leaves: batch.operations, at: 2 * operationOfEntry(claim, at - transfers) }
    }
    if (consumed.length === 0) return undefined
    const credits = batch.parcels.map((parcel) => parcel.leaves.length / OUTGOING_WORDS)
    let at = leaf.position - (first - credits.reduce((sum, count) => sum + count, 0))
    for (const [i, parcel] of batch.parcels.entries()) {
      if (at >= 0 && at < (credits[i] as number)) return { leaves: parcel.leaves, at }
      at -= credits[i] as number
    }
    return undefined
  }

  falseByItself(leaf: ShownLeaf): FraudProof | undefined {
    const { fraud } = this.published
    const { claim, position } = leaf
    const leaves = () => [this.evidence.leaf(claim, position)]
    if (!keepsRules(leaf, leaf.entry, fraud.place)) {
      return proofOf('ARITHMETIC', claim, { leaves: leaves() })
    }
    const isRight = isAsItsSource(fraud, leaf, undefined)
    if (isRight === false) return proofOf('ARITHMETIC', claim, { leaves: leaves() })
    const source = isRight === undefined ? this.sourceOf(leaf) : undefined
    if (!source || this.saysTheSame(leaf, source.leaves, source.at)) return undefined
    const nodes = [this.evidence.node(source.leaves, source.at)]
    return proofOf('ARITHMETIC', claim, { leaves: leaves(), nodes })
  }

  private saysTheSame(leaf: ShownLeaf, leaves: Uint32Array, at: number): boolean {
    const words = leaves.subarray(at * OUTGOING_WORDS, (at + 1) * OUTGOING_WORDS)
    if (isOperation(leaf)) return isThatOperation(leaf, readOperation(words, 0))
    const [lo, hi] = [Number(leaf.amount & 0xffff_ffffn), Number(leaf.amount >> 32n)]
    if (leaf.kind !== KIND.transfer) {
      return words[0] === leaf.from && words[1] === leaf.to && words[2] === lo && words[3] === hi
    }
    const right = [leaf.from, leaf.fromBefore.nonce, leaf.to, 0, lo, hi, 0, 0]
    return right.every((word, i) => words[i] === word)
  }

  /** The first of the accounts that the leaf reads is its sender, unless it has none. */
  falseBefore(leaf: ShownLeaf): FraudProof | undefined {
    const { place } = this.published.fraud
    for (const account of readsOf(leaf, place)) {
      const side = account.index === leaf.from ? 0 : 1
      const found = this.falseAccount(leaf, account, side)
      if (found) return found
    }
    return undefined
  }

  private falseAccount(leaf: ShownLeaf, account: AccountThen, side: number) {
    const { fraud, before } = this.published
    const { claim, position } = leaf
    const own = () => this.evidence.leaf(claim, position)
    const other = (kind: FraudKind, it: ShownLeaf) => {
      const leaves = [own(), this.evidence.leaf(it.claim, it.position)]
      return proofOf(kind, claim, { side, leaves })
    }
    const last = this.last.get(account.index)
    if (last && last.entry > account.touch) return other('SKIP', last)
    if (last?.entry === account.touch) {
      const after = afterOf(last, last.entry, account.index, fraud.place)
      return after && isSame(after, account) ? undefined : other('LINK', last)
    }
    if (account.touch > lastEntry(fraud.before)) {
      return other('LINK', this.leafOf(account.touch))
    }
    const slot = slotIn(fraud.place, account.index)
    if (isSame(accountIn(before.recordOf(slot)), account)) return undefined
    const records = fraud.before ? [this.evidence.record(before, slot)] : []
    return proofOf('START', claim, { side, leaves: [own()], records })
  }

  /** The leaf of an entry within the case. */
  leafOf(entry: number): ShownLeaf {
    const { claims } = this.published.fraud
    const claim = claims.findIndex((one) => entry <= lastEntry(one))
    return leafAt(this.published, claim, entry - (claims[claim] as Claim).firstEntry)
  }
}

function falseEntry(search: Search, claim: number, entries: number): FraudProof | undefined {
  const { published, evidence, last } = search
  const { place } = published.fraud
  const senders = new Map<number, number>()
  const right = published.rightEntries?.(claim) ?? 0
  for (let position = 0; position < entries; position++) {
    const leaf = leafAt(published, claim, position)
    const isKnown = position < right
    const found = isKnown ? undefined : (search.falseByItself(leaf) ?? search.falseBefore(leaf))
    if (found) return found
    if (leaf.kind === KIND.transfer) {
      const earlier = senders.get(leaf.from)
      if (earlier !== undefined) {
        const leaves = [evidence.leaf(claim, position), evidence.leaf(claim, earlier)]
        return proofOf('DOUBLE', claim, { leaves })
      }
      senders.set(leaf.from, position)
    }
    for (const index of [leaf.from, leaf.to]) {
      if (afterOf(leaf, leaf.entry, index, place)) last.set(index, leaf)
    }
  }
  return undefined
}

/** Undefined if everything that was published is right. */
export function findFraud(published: PublishedCase, hashPairs: HashPairs): FraudProof | undefined {
  const search = new Search(published, hashPairs)
  const { fraud, after } = published
  const isRight = (claim: number) => published.rightEntries?.(claim) === Number.POSITIVE_INFINITY
  for (const [claim, { entries }] of fraud.claims.entries()) {
    if (countsRight(fraud, claim) === false) return proofOf('COUNT', claim)
    if (!published.batches[claim]) return undefined
    const found =
      falseEntry(search, claim, entries) ??
      (isRight(claim) ? undefined : findFalseSent(published, search.evidence, claim))
    if (found) return found
  }
  return after ? findFalseEnd(published, search.evidence, search.last) : undefined
}

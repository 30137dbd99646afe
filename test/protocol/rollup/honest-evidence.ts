// For each kind of fraud proof, the evidence that decides about something true: good evidence, with
// which nothing false is shown. Of every entry, exit and record of an honest history.

import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { firstTransfer, operationOfEntry } from '../../../protocol/rollup/entry-counts.ts'
import { readsOf, sentBy, TO_BASE_CHAIN } from '../../../protocol/rollup/entry-rules.ts'
import { lastEntry, type ShownLeaf } from '../../../protocol/rollup/fraud-evidence.ts'
import type { FraudKind, FraudProof } from '../../../protocol/rollup/fraud-proof.ts'
import {
  EvidenceMaker,
  leafAt,
  type PublishedBatch,
  proofOf,
} from '../../../protocol/rollup/fraud-search.ts'
import { readOutgoing } from '../../../protocol/rollup/outgoing.ts'
import { slotIn } from '../../../protocol/rollup/shard-place.ts'
import { KIND } from '../../../protocol/rollup/trace.ts'
import type { World } from './fraud-world.ts'

const CREDITS: readonly number[] = [KIND.parcel, KIND.parcelReturned, KIND.parcelToLock]
const NONE = new Uint32Array(0)

export class HonestEvidence {
  private readonly world: World
  private readonly make: EvidenceMaker

  constructor(world: World) {
    this.world = world
    this.make = new EvidenceMaker(world, hashPairsNative)
  }

  all(): FraudProof[] {
    const claims = this.world.claims.keys()
    return [...[...claims].flatMap((claim) => this.ofClaim(claim)), ...this.ofRoot()]
  }

  private ofClaim(claim: number): FraudProof[] {
    const { entries } = this.world.claims[claim] as Claim
    const leaves = Array.from({ length: entries }, (_, at) => leafAt(this.world, claim, at))
    const entriesOwn = leaves.flatMap((leaf) => [this.ofSource(leaf), ...this.ofAccounts(leaf)])
    return [proofOf('COUNT', claim), ...entriesOwn, ...this.ofPairs(leaves), ...this.ofSent(claim)]
  }

  private shown(leaf: ShownLeaf) {
    return this.make.leaf(leaf.claim, leaf.position)
  }

  private ofSource(leaf: ShownLeaf): FraudProof {
    const { claim, position } = leaf
    const leaves = [this.shown(leaf)]
    const it = this.world.claims[claim] as Claim
    const batch = this.world.batches[claim] as PublishedBatch
    const at = position - firstTransfer(it)
    if (CREDITS.includes(leaf.kind)) {
      const nodes = [this.creditAt(batch, at)]
      return proofOf('ARITHMETIC', claim, { leaves, nodes })
    }
    if (leaf.kind >= KIND.pay) {
      const node = 2 * operationOfEntry(it, at - it.transfers)
      const nodes = [this.make.node(batch.operations, node)]
      return proofOf('ARITHMETIC', claim, { leaves, nodes })
    }
    if (leaf.kind !== KIND.transfer) return proofOf('ARITHMETIC', claim, { leaves })
    const nodes = [this.make.node(batch.transfers, at)]
    return proofOf('ARITHMETIC', claim, { leaves, nodes })
  }

  /** `at` counts back from the first transfer. */
  private creditAt({ parcels }: PublishedBatch, at: number) {
    let position = at + parcels.reduce((sum, one) => sum + one.leaves.length / 8, 0)
    for (const { leaves } of parcels) {
      if (position < leaves.length / 8) return this.make.node(leaves, position)
      position -= leaves.length / 8
    }
    throw new Error('a credit of no parcel')
  }

  /** Each account that the leaf reads is as the one before left it, and nobody came between. */
  private ofAccounts(leaf: ShownLeaf): FraudProof[] {
    const { fraud, before } = this.world
    return readsOf(leaf, fraud.place).flatMap(({ index, touch }) => {
      const side = index === leaf.from ? 0 : 1
      const own = this.shown(leaf)
      const slot = slotIn(fraud.place, index)
      if (touch <= lastEntry(fraud.before)) {
        const records = [this.make.record(before, slot)]
        return [proofOf('START', leaf.claim, { side, leaves: [own], records })]
      }
      const leaves = [own, this.shown(this.leafOf(touch))]
      const of = (kind: FraudKind) => proofOf(kind, leaf.claim, { side, leaves })
      return [of('LINK'), of('SKIP')]
    })
  }

  private leafOf(entry: number): ShownLeaf {
    const claim = this.world.claims.findIndex((one) => entry <= lastEntry(one))
    return leafAt(this.world, claim, entry - (this.world.claims[claim] as Claim).firstEntry)
  }

  /** Neighbouring transfers are of different senders. */
  private ofPairs(leaves: readonly ShownLeaf[]): FraudProof[] {
    const transfers = leaves.filter((leaf) => leaf.kind === KIND.transfer)
    return transfers.slice(1).map((leaf, i) => {
      const pair = [leaf, transfers[i] as ShownLeaf]
      return proofOf('DOUBLE', leaf.claim, { leaves: pair.map((one) => this.shown(one)) })
    })
  }

  private ofSent(claim: number): FraudProof[] {
    const { exits, outbox } = this.world.batches[claim] as PublishedBatch
    const { shard: own, shards } = this.world.fraud.place
    const others = Array.from({ length: shards }, (_, i) => i).filter((shard) => shard !== own)
    const lists = others.map((shard) => this.ofList(claim, shard, outbox.get(shard) ?? NONE))
    return [...this.ofList(claim, TO_BASE_CHAIN, exits), ...lists.flat()]
  }

  private ofList(claim: number, destination: number, sent: Uint32Array): FraudProof[] {
    const count = sent.length / 8
    const side = destination + 1
    const proofs = Array.from({ length: count }, (_, at): FraudProof[] => {
      const leaf = this.leafOf(readOutgoing(sent, at).entry)
      if (!sentBy(leaf, this.world.fraud.place)) throw new Error('a leaf that nobody sent')
      const own = { side, leaves: [this.shown(leaf)], nodes: [this.make.node(sent, at)] }
      const pair = at === 0 ? [0] : [at - 1, at]
      const nodes = pair.map((one) => this.make.node(sent, one))
      return [
        proofOf('SENT', claim, own),
        proofOf('SENT_LESS', claim, own),
        proofOf('SENT_ORDER', claim, { side, nodes }),
      ]
    })
    const nodes = count === 0 ? [] : [this.make.node(sent, count - 1)]
    return [...proofs.flat(), proofOf('SENT_SUM', claim, { side, nodes })]
  }

  private ofRoot(): FraudProof[] {
    const { after, claims } = this.world
    const { table, meta } = after
    const claim = claims.length - 1
    const { root, left, right } = this.make.top(table)
    const { depth } = table
    const records = [this.make.above(table, depth - 1)]
    const proofs = [
      proofOf('META', claim, { words: [root, meta] }),
      proofOf('DEPTH', claim, { side: depth, records }),
    ]
    if (depth > 12) proofs.push(proofOf('SIZE', claim, { side: depth, words: [left, right] }))
    for (let slot = 0; slot < 300; slot++) proofs.push(...this.ofRecord(claim, slot))
    return proofs
  }

  private ofRecord(claim: number, slot: number): FraudProof[] {
    const { after, before, fraud } = this.world
    const own = this.make.record(after.table, slot)
    const touch = after.table.touchOf(slot)
    const form = proofOf('END_RECORD', claim, { records: [own] })
    if (touch <= lastEntry(fraud.before)) {
      const records = [own, this.make.record(before, slot)]
      return [form, proofOf('END_START', claim, { records })]
    }
    const evidence = { records: [own], leaves: [this.shown(this.leafOf(touch))] }
    return [form, proofOf('END_LINK', claim, evidence), proofOf('END_SKIP', claim, evidence)]
  }
}

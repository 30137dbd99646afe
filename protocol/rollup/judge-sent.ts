// Judges what a claim says leaves the shard: one tree of leaves for each destination, in the order
// of the entries, with a running sum.

import { type Sent, sentBy, TO_BASE_CHAIN } from './entry-rules.ts'
import { exitedWith } from './entry-source.ts'
import { checkLeaf, checkNode, type FraudCase, lastEntry, wordsOf } from './fraud-evidence.ts'
import type { FraudProof } from './fraud-proof.ts'
import { type OutgoingLeaf, readOutgoing } from './outgoing.ts'

/** True: fraud. False: none. Undefined: the evidence shows nothing. */
export type Judgement = boolean | undefined

interface Tree {
  readonly count: number
  readonly root: string
  /** Units; undefined if something is not known. */
  readonly amount: bigint | undefined
}

const EMPTY_ROOT = `0x${'00'.repeat(32)}`

function treeOf(fraud: FraudCase, claim: number, destination: number): Tree | undefined {
  const it = fraud.claims[claim]
  if (!it || destination >= fraud.place.shards || destination === fraud.place.shard) {
    return undefined
  }
  if (destination === TO_BASE_CHAIN) {
    return { count: it.exits, root: it.exitRoot, amount: exitedWith(fraud, claim) }
  }
  const parcel = it.outbox.find(({ shard }) => shard === destination)
  if (!parcel) return { count: 0, root: EMPTY_ROOT, amount: 0n }
  return { count: parcel.credits, root: parcel.root, amount: parcel.amount }
}

function isSent(leaf: OutgoingLeaf, sent: Sent | undefined, destination: number): boolean {
  if (sent?.destination !== destination) return false
  return leaf.from === sent.from && leaf.to === sent.to && leaf.amount === sent.amount
}

export function judgeSent(fraud: FraudCase, proof: FraudProof): Judgement {
  const claim = fraud.claims[proof.claim]
  const destination = proof.side - 1
  const tree = treeOf(fraud, proof.claim, destination)
  if (!claim || !tree) return undefined
  if (proof.nodes.some((node) => !checkNode(tree.root, tree.count, node))) return undefined
  const shown = proof.nodes.map((node) => ({
    position: node.position,
    ...readOutgoing(wordsOf(node.node), 0),
  }))
  const [a, b] = shown
  const evidence = proof.leaves[0]
  const leaf = evidence?.claim === proof.claim ? checkLeaf(fraud, evidence) : undefined
  switch (proof.kind) {
    case 'SENT': {
      if (!a) return undefined
      if (a.entry < claim.firstEntry || a.entry > lastEntry(claim)) return true
      if (leaf?.entry !== a.entry) return undefined
      return !isSent(a, sentBy(leaf, fraud.place), destination)
    }
    case 'SENT_ORDER':
      if (a && !b) return a.position === 0 ? a.total !== a.amount : undefined
      if (!a || !b || b.position !== a.position + 1) return undefined
      return b.entry <= a.entry || b.total !== a.total + b.amount
    case 'SENT_LESS': {
      if (!leaf || sentBy(leaf, fraud.place)?.destination !== destination) return undefined
      return isLeftOut(shown, leaf.entry, tree.count)
    }
    default: {
      if (tree.amount === undefined) return undefined
      if (tree.count === 0) return tree.amount !== 0n
      return a?.position === tree.count - 1 ? a.total !== tree.amount : undefined
    }
  }
}

/** The neighbours lie on both sides of the entry; at an end of the tree there is only one. */
function isLeftOut(
  shown: readonly { position: number; entry: number }[],
  entry: number,
  count: number,
): Judgement {
  const [a, b] = shown
  if (count === 0) return true
  if (!a) return undefined
  if (b) return b.position === a.position + 1 ? a.entry < entry && entry < b.entry : undefined
  if (a.position === 0 && a.entry > entry) return true
  if (a.position === count - 1 && a.entry < entry) return true
  return a.entry === entry ? false : undefined
}

// The evidence that an honest challenger can show: paths in the trees that a sequencer published.

import { assert } from '../../lib/assert.ts'
import { type HashPairs, hashPairsNoble } from '../crypto/hash-pairs.ts'
import { TRACE_LEAF_BYTES } from '../params.ts'
import type { AccountTable } from './account-table.ts'
import type { Claim } from './claim.ts'
import type {
  FraudCase,
  LeafEvidence,
  NodeEvidence,
  RecordEvidence,
  ShownLeaf,
} from './fraud-evidence.ts'
import type { FraudKind, FraudProof } from './fraud-proof.ts'
import { OUTGOING_WORDS } from './outgoing.ts'
import { PageTree } from './page-tree.ts'
import type { Parcel } from './parcel.ts'
import { LEAF_WORDS, readLeaf } from './trace.ts'
import { MerkleTree, rootOfProof } from './transfer-tree.ts'

/** What stands behind the roots of one claim. */
export interface PublishedBatch {
  readonly trace: Uint32Array
  /** Leaves of the transfer tree, eight words each. */
  readonly transfers: Uint32Array
  /** Leaf and hash of each operation, eight words each. */
  readonly operations: Uint32Array
  readonly exits: Uint32Array
  /** By shard. */
  readonly outbox: ReadonlyMap<number, Uint32Array>
  readonly parcels: readonly Parcel[]
}

/** The accounts at the later root, as its claim has them, and the 64 bytes of its numbers. */
export interface PublishedEnd {
  readonly table: AccountTable
  readonly meta: Uint8Array
  /** As an own execution has them: where both say the same nothing is looked for. */
  readonly own?: AccountTable
}

export interface PublishedCase {
  readonly fraud: FraudCase
  /** One for each claim, up to the last that is looked at. */
  readonly batches: readonly PublishedBatch[]
  /** The accounts at the earlier root. */
  readonly before: AccountTable
  /** Where `fraud.origin` is: the accounts at the root that it names. */
  readonly origin?: ((index: number) => AccountTable) | undefined
  readonly after: PublishedEnd | undefined
  /**
   * How many of a claim's first entries are right, as an own execution shows; infinite where all of
   * the claim is. They are not looked at again.
   */
  readonly rightEntries?: (claim: number) => number
}

/** The leaf that touched each account last, as the search goes on. */
export type LastTouch = Map<number, ShownLeaf>

const NO_EVIDENCE = { side: 0, leaves: [], nodes: [], records: [], words: [] }

export function proofOf(
  kind: FraudKind,
  claim: number,
  parts: Partial<Omit<FraudProof, 'kind' | 'claim'>> = {},
): FraudProof {
  return { ...NO_EVIDENCE, ...parts, kind, claim }
}

export function leafAt(published: PublishedCase, claim: number, position: number): ShownLeaf {
  const { trace } = published.batches[claim] as PublishedBatch
  const { firstEntry } = published.fraud.claims[claim] as Claim
  const leaf = readLeaf(trace, position * LEAF_WORDS)
  return { ...leaf, claim, position, entry: firstEntry + position }
}

export class EvidenceMaker {
  readonly published: PublishedCase
  private readonly hashPairs: HashPairs
  private readonly trees = new Map<Uint32Array, MerkleTree>()
  private readonly pages = new Map<AccountTable, PageTree>()

  constructor(published: PublishedCase, hashPairs: HashPairs = hashPairsNoble) {
    this.published = published
    this.hashPairs = hashPairs
  }

  leaf(claim: number, position: number): LeafEvidence {
    const { trace } = this.published.batches[claim] as PublishedBatch
    const count = this.published.fraud.claims[claim]?.entries ?? 0
    const bytes = new Uint8Array(trace.buffer, trace.byteOffset, count * TRACE_LEAF_BYTES)
    const tree = this.treeOf(trace, () => {
      const made = new MerkleTree(this.hashPairs)
      this.hashPairs(bytes, made.reserve(count))
      return made
    })
    const at = position * LEAF_WORDS
    const leaf = new Uint8Array(trace.slice(at, at + LEAF_WORDS).buffer)
    return { claim, position, leaf, path: tree.proof(position) }
  }

  node(leaves: Uint32Array, position: number): NodeEvidence {
    const tree = this.treeOf(leaves, () => {
      const made = new MerkleTree(this.hashPairs)
      const bytes = new Uint8Array(leaves.buffer, leaves.byteOffset, leaves.byteLength)
      made.reserve(leaves.length / OUTGOING_WORDS).set(bytes)
      return made
    })
    const at = position * OUTGOING_WORDS
    const node = new Uint8Array(leaves.slice(at, at + OUTGOING_WORDS).buffer)
    return { position, node, path: tree.proof(position) }
  }

  record(table: AccountTable, slot: number): RecordEvidence {
    const { depth } = table
    const shown = slot < 2 ** depth ? slot : 0
    const path = this.pagesOf(table).proof(shown, this.hashPairs)
    return { slot, depth, record: table.recordOf(shown), path }
  }

  /** The first node of a tree cut off at `depth`, as if it were a record. */
  above(table: AccountTable, depth: number): RecordEvidence {
    const siblings = this.pagesOf(table).proof(0, this.hashPairs)
    const height = table.depth - depth
    const below = siblings.subarray(0, 32 * height)
    const record = rootOfProof(table.recordOf(0), 0, 2 ** height, below, this.hashPairs)
    assert(record, 'the path has one sibling a level')
    return { slot: 0, depth, record, path: siblings.slice(32 * height) }
  }

  /** Root of the tree, and its two halves. */
  top(table: AccountTable): { root: Uint8Array; left: Uint8Array; right: Uint8Array } {
    const pages = this.pagesOf(table)
    const root = pages.root(this.hashPairs)
    const half = 2 ** (table.depth - 1)
    const right = pages.proof(0, this.hashPairs).slice(-32)
    const left = pages.proof(half, this.hashPairs).slice(-32)
    return { root, left, right }
  }

  private treeOf(leaves: Uint32Array, make: () => MerkleTree): MerkleTree {
    const known = this.trees.get(leaves)
    if (known) return known
    const made = make()
    made.build()
    this.trees.set(leaves, made)
    return made
  }

  private pagesOf(table: AccountTable): PageTree {
    const known = this.pages.get(table) ?? new PageTree(table)
    this.pages.set(table, known)
    return known
  }
}

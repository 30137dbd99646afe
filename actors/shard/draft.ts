// The batch that the own sequencer is about to make: assembled and executed on the tip, not sealed.

import type { Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import type { Body } from '../../protocol/rollup/body-layout.ts'
import type { Executed } from '../../protocol/rollup/execute-batch.ts'
import type { InboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { creditsOf, type Parcel } from '../../protocol/rollup/parcel.ts'
import { AT, LEAF_WORDS } from '../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'

export interface Draft {
  readonly number: number
  readonly parent: Hex
  readonly body: Body
  readonly fee: number
  readonly feeAccount: number
  readonly inbox: readonly InboxEntry[]
  readonly parcels: readonly Parcel[]
  readonly executed: Executed
  readonly digest: Uint8Array
}

/** Entries before the first transfer: the inbox's messages and the parcels' credits. */
function entriesBefore({ inbox, parcels }: Pick<Draft, 'inbox' | 'parcels'>): number {
  return inbox.length + creditsOf(parcels)
}

/** Leaves of the transfer tree as the trace has them. */
function leavesOf(draft: Draft, leaves: Uint32Array): void {
  const { body, executed } = draft
  const { trace } = executed
  const before = entriesBefore(draft)
  for (let i = 0; i < body.transfers; i++) {
    const at = (before + i) * LEAF_WORDS
    const out = 8 * i
    leaves[out] = trace[at + AT.from] as number
    leaves[out + 1] = trace[at + AT.fromNonce] as number
    leaves[out + 2] = trace[at + AT.to] as number
    leaves[out + 3] = 0
    leaves[out + 4] = trace[at + AT.amount] as number
    leaves[out + 5] = trace[at + AT.amount + 1] as number
    leaves[out + 6] = 0
    leaves[out + 7] = 0
  }
}

/** Nonces of a batch's senders before it, in the order of its transfers, out of its trace. */
export function noncesBefore(
  { trace }: Pick<Executed, 'trace'>,
  batch: Pick<Draft, 'body' | 'inbox' | 'parcels'>,
): Uint32Array {
  const { body } = batch
  const before = entriesBefore(batch)
  const nonces = new Uint32Array(body.transfers)
  for (let i = 0; i < nonces.length; i++) {
    nonces[i] = trace[(before + i) * LEAF_WORDS + AT.fromNonce] as number
  }
  return nonces
}

/** The same by sender, for those at a few positions; `from`: all senders of the draft. */
export function nonceOfSenders(
  draft: Pick<Draft, 'body' | 'inbox' | 'parcels' | 'executed'>,
  from: Uint32Array,
  positions: Uint32Array,
): (index: number) => number {
  if (positions.length === 0) return () => 0
  const nonces = noncesBefore(draft.executed, draft)
  const found = new Map<number, number>()
  for (const position of positions) {
    found.set(from[position] as number, nonces[position] as number)
  }
  return (index) => found.get(index) ?? 0
}

/** The tree of the draft's transfers, for the proofs that its senders get. */
export class DraftTree {
  private readonly tree: MerkleTree
  private of: Draft | undefined

  constructor(hashPairs: HashPairs) {
    this.tree = new MerkleTree(hashPairs)
  }

  /** Paths one after another; positions beyond the batch give none. */
  proofs(draft: Draft, positions: Uint32Array): Uint8Array | undefined {
    if (this.of !== draft) {
      const leaves = this.tree.reserve(draft.body.transfers)
      leavesOf(draft, new Uint32Array(leaves.buffer, leaves.byteOffset, leaves.byteLength / 4))
      this.tree.build()
      this.of = draft
    }
    const paths: Uint8Array[] = []
    let length = 0
    for (const position of positions) {
      if (position >= draft.body.transfers) return undefined
      const path = this.tree.proof(position)
      paths.push(path)
      length += path.length
    }
    const all = new Uint8Array(length)
    let at = 0
    for (const path of paths) {
      all.set(path, at)
      at += path.length
    }
    return all
  }
}

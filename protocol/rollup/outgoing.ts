// What leaves a shard with a batch: exits to the base chain, and credits for each other shard. Each
// destination has a tree of 32-byte leaves, in the order of their entries: eight little-endian
// words [from, to, amount (two words), entry (two words), total (two words)]. The total counts from
// the first leaf to this one, so that the last leaf shows the sum that the claim's supply is less.

import { assert } from '../../lib/assert.ts'
import { EXIT_INDEX } from '../params.ts'
import { u53At, u64At } from './trace.ts'
import type { MerkleTree } from './transfer-tree.ts'

export const OUTGOING_WORDS = 8
const U32 = 2 ** 32

export interface OutgoingLeaf {
  readonly from: number
  /** EXIT_INDEX, or an account of the destination. */
  readonly to: number
  /** Units. */
  readonly amount: bigint
  readonly entry: number
  readonly total: bigint
}

export function encodeOutgoing(leaf: OutgoingLeaf): Uint8Array {
  const words = new Uint32Array(OUTGOING_WORDS)
  const put = (at: number, value: bigint) => {
    words[at] = Number(value & 0xffff_ffffn)
    words[at + 1] = Number(value >> 32n)
  }
  words[0] = leaf.from
  words[1] = leaf.to
  put(2, leaf.amount)
  put(4, BigInt(leaf.entry))
  put(6, leaf.total)
  return new Uint8Array(words.buffer)
}

export function readOutgoing(words: Uint32Array, position: number): OutgoingLeaf {
  const at = position * OUTGOING_WORDS
  return {
    from: words[at] as number,
    to: words[at + 1] as number,
    amount: u64At(words, at + 2),
    entry: u53At(words, at + 4),
    total: u64At(words, at + 6),
  }
}

/** The leaf that a claim of an exit has to show, from what its owner knows. */
export function exitLeaf(from: number, amount: bigint, entry: number, total: bigint): Uint8Array {
  return encodeOutgoing({ from, to: EXIT_INDEX, amount, entry, total })
}

/** A growing list of leaves of one destination. */
export class Outgoing {
  words = new Uint32Array(16 * OUTGOING_WORDS)
  count = 0
  private totalLo = 0
  private totalHi = 0

  /** Sums stay below the supply, so they cannot pass 64 bits. */
  add(from: number, to: number, lo: number, hi: number, entryLo: number, entryHi: number): void {
    if ((this.count + 1) * OUTGOING_WORDS > this.words.length) this.grow()
    const sumLo = (this.totalLo + lo) >>> 0
    this.totalHi = this.totalHi + hi + (sumLo < lo ? 1 : 0)
    this.totalLo = sumLo
    assert(this.totalHi < U32, 'what leaves a shard was in it')
    const { words } = this
    const at = this.count * OUTGOING_WORDS
    words[at] = from
    words[at + 1] = to
    words[at + 2] = lo
    words[at + 3] = hi
    words[at + 4] = entryLo
    words[at + 5] = entryHi
    words[at + 6] = this.totalLo
    words[at + 7] = this.totalHi
    this.count++
  }

  get total(): bigint {
    return (BigInt(this.totalHi) << 32n) | BigInt(this.totalLo)
  }

  /** The leaves as one array of their own. */
  leaves(): Uint32Array {
    return this.words.slice(0, this.count * OUTGOING_WORDS)
  }

  private grow(): void {
    const grown = new Uint32Array(2 * this.words.length)
    grown.set(this.words)
    this.words = grown
  }
}

/** Root over leaves that lie one after the other; a zero node if there are none. */
export function outgoingRoot(leaves: Uint32Array, tree: MerkleTree): Uint8Array {
  const bytes = new Uint8Array(leaves.buffer, leaves.byteOffset, leaves.byteLength)
  tree.reserve(leaves.length / OUTGOING_WORDS).set(bytes)
  return tree.build()
}

// The state root of a shard: of the tree over its records, and of the numbers that go with it.

import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../../lib/bytes.ts'

/** What the state root commits to besides the records. */
export interface StateMeta {
  /** Log2 of the number of records in the tree. */
  readonly depth: number
  readonly shard: number
  /** Number of the last entry. */
  readonly entries: number
  /** Units in the shard. */
  readonly supply: bigint
  /** Messages of the inbox consumed. */
  readonly inboxTo: number
}

const U32 = 2 ** 32
const META_BYTES = 64

/** 64 bytes: u32 depth, u32 shard, u64 entries, u64 supply, u64 inboxTo, zeros. */
export function encodeMeta(meta: StateMeta): Uint8Array {
  const words = new Uint32Array(META_BYTES / 4)
  words[0] = meta.depth
  words[1] = meta.shard
  words[2] = meta.entries
  words[3] = Math.floor(meta.entries / U32)
  words[4] = Number(meta.supply & 0xffff_ffffn)
  words[5] = Number(meta.supply >> 32n)
  words[6] = meta.inboxTo
  words[7] = Math.floor(meta.inboxTo / U32)
  return new Uint8Array(words.buffer)
}

/** Undefined where the bytes are not what `encodeMeta` writes of some numbers. */
export function decodeMeta(bytes: Uint8Array): StateMeta | undefined {
  if (bytes.length !== META_BYTES) return undefined
  const words = new Uint32Array(Uint8Array.from(bytes).buffer)
  const w = (at: number) => words[at] as number
  const meta: StateMeta = {
    depth: w(0),
    shard: w(1),
    entries: w(3) * U32 + w(2),
    supply: (BigInt(w(5)) << 32n) | BigInt(w(4)),
    inboxTo: w(7) * U32 + w(6),
  }
  const isSafe = Number.isSafeInteger(meta.entries) && Number.isSafeInteger(meta.inboxTo)
  return isSafe && equalBytes(encodeMeta(meta), bytes) ? meta : undefined
}

/** The state root out of the tree's root and the 64 bytes of `encodeMeta`. */
export function stateRootOf(treeRoot: Uint8Array, meta: Uint8Array): Uint8Array {
  const pair = new Uint8Array(64)
  pair.set(treeRoot)
  pair.set(sha256(meta), 32)
  return sha256(pair)
}

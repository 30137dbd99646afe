// A batch as a sequencer would make it, with real keys: transfers of some accounts, a root, an
// aggregate of those that co-signed, ordinary signatures of the others.

import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { KeyBook, keyBookPublicKeys } from '../../../compute/crypto/key-book.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { SignedFacts } from '../../../protocol/rollup/check-signatures.ts'
import { genesisParent, NO_LIMIT, WITHOUT_OPERATIONS } from '../../../protocol/rollup/claim.ts'
import {
  cosignDigest,
  type SignedTransfer,
  transferDigest,
} from '../../../protocol/rollup/cosign.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { transferColumns, writeTransferLeaves } from '../../../protocol/rollup/transfer-columns.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { type SectionParts, writeBody } from '../../../protocol/rollup/write-body.ts'

export const GENESIS: Hex = `0x${'11'.repeat(32)}`
export const ACCOUNTS = 2 * 4096
const SEED = new Uint8Array(32).fill(1)
export const book = new KeyBook(SEED, keyBookPublicKeys(SEED, ACCOUNTS))
export const nonceOf = (index: number): number => index % 7

export interface Straggler {
  readonly position: number
  readonly maxFee: number
  readonly notAfter: number
}

export interface BatchWishes {
  readonly sections: readonly SectionParts[]
  readonly absent: readonly Straggler[]
  readonly fee?: number
}

export interface MadeBatch {
  readonly bytes: Uint8Array
  readonly facts: SignedFacts
  /** Of all senders, in batch order. */
  readonly senders: Uint32Array
  readonly transfers: readonly SignedTransfer[]
  readonly tree: MerkleTree
}

export function makeBatch({ sections, absent, fee = 2 }: BatchWishes): MadeBatch {
  const count = absent.length
  const empty = {
    positions: Uint32Array.from(absent, (one) => one.position),
    maxFees: Uint32Array.from(absent, (one) => one.maxFee),
    notAfters: Uint32Array.from(absent, (one) => one.notAfter),
    signatures: new Uint8Array(64 * count),
  }
  const isSigned = sections.reduce((sum, one) => sum + one.to.length, 0) > count
  const parts = { shard: 0, number: 1, sections, absent: empty }
  const draft = readBody(
    writeBody({ ...parts, signature: new Uint8Array(96).fill(isSigned ? 1 : 0) }),
  )
  if (!draft.ok) throw new Error(draft.code)
  const columns = transferColumns(draft.body)
  const { from, to, amountLo, amountHi } = columns
  const terms = new Map(absent.map((one) => [one.position, one]))
  const transfers = Array.from(from, (sender, i) => ({
    from: sender,
    nonce: nonceOf(sender),
    to: to[i] as number,
    amount: BigInt(amountHi[i] as number) * 2n ** 32n + BigInt(amountLo[i] as number),
    maxFee: terms.get(i)?.maxFee ?? fee,
    notAfter: terms.get(i)?.notAfter ?? NO_LIMIT,
  }))
  const tree = new MerkleTree(hashPairsNative)
  writeTransferLeaves(columns, nonceOf, tree.reserve(from.length))
  const facts: SignedFacts = {
    ...WITHOUT_OPERATIONS,
    shard: 0,
    number: 1,
    parent: genesisParent(GENESIS, 0),
    transfers: from.length,
    notAfter: Math.min(NO_LIMIT, ...absent.map((one) => one.notAfter)),
    fee,
    txRoot: bytesToHex(tree.build()),
  }
  for (const [i, { position }] of absent.entries()) {
    const transfer = transfers[position] as SignedTransfer
    const signature = book.signTransfer(transfer.from, transferDigest(GENESIS, transfer))
    empty.signatures.set(signature, 64 * i)
  }
  const cosigners = from.filter((_, i) => !terms.has(i))
  const signature = isSigned
    ? book.cosign(cosigners, cosignDigest(GENESIS, facts))
    : new Uint8Array(96)
  return { bytes: writeBody({ ...parts, signature }), facts, senders: from, transfers, tree }
}

/** Transfers of a share of a cohort's members, to receivers made of the sender. */
export function denseOf(cohort: number, isThere: (member: number) => boolean): SectionParts {
  const members = Array.from({ length: 4096 }, (_, i) => i).filter(isThere)
  const present = new Uint8Array(512)
  for (const m of members) present[m >> 3] = (present[m >> 3] as number) | (1 << (m & 7))
  const to = Uint32Array.from(members, (m) => (m * 31) % ACCOUNTS)
  const amount = Uint32Array.from(members, (m) => 1 + m)
  const isFull = members.length === 4096
  return { kind: 'dense', cohort, present: isFull ? undefined : present, to, amount }
}

export function sparseOf(...indices: number[]): SectionParts {
  const from = Uint32Array.from(indices)
  const column = (f: (i: number) => number) => from.map(f)
  return {
    kind: 'sparse',
    from,
    to: column((i) => (i * 17) % ACCOUNTS),
    amountLo: column((i) => i),
    amountHi: column((i) => i % 3),
  }
}

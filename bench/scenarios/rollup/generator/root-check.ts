// Whether the generator agrees to a root: all of its transfers that it is said to contain stand
// where it is said, by recomputing that part of the tree; then who signs, in one signature.

import { hashPairsNative } from '../../../../compute/crypto/hash-pairs-native.ts'
import type { KeyBook } from '../../../../compute/crypto/key-book.ts'
import { type Hex, hexToBytes } from '../../../../lib/hex.ts'
import { cosignDigest } from '../../../../protocol/rollup/cosign.ts'
import { NOBODY_ABSENT } from '../../../../protocol/rollup/write-body.ts'
import { checkRun, runProofBytes } from '../../../../sdk/rollup/check-run.ts'
import type { CosignFrame } from '../../../../sdk/rollup/wire/client-frames.ts'
import type { RootRun } from '../../../../sdk/rollup/wire/root-runs.ts'
import type { RootFrame } from '../../../../sdk/rollup/wire/server-frames.ts'
import { MAX_FEE } from './absentees.ts'
import type { OpenSubmission } from './open-submission.ts'

const NODE_BYTES = 32

export interface RootChecker {
  readonly book: KeyBook
  readonly genesisHash: Hex
  readonly nonces: Uint32Array
  /** Each sender gives a co-signature of its own. */
  readonly isEach?: boolean
  find(submission: number): OpenSubmission | undefined
}

/** What is wrong with it; empty when nothing is. */
export function faultOf(frame: RootFrame, runs: readonly RootRun[], by: RootChecker): string {
  if (frame.fee > MAX_FEE) return `a fee of ${frame.fee}`
  if (runs.length === 0) return 'no transfer of ours'
  const root = hexToBytes(frame.txRoot)
  let at = 0
  for (const { submission, offset, first, count } of runs) {
    const open = by.find(submission)
    if (!open || offset + count > open.submission.count) return 'a transfer that we never sent'
    const leaves = new Uint32Array((count * NODE_BYTES) / 4)
    open.submission.writeLeaves(offset, count, by.nonces, leaves, 0)
    const run = { first, count, transfers: frame.transfers }
    const length = runProofBytes(run)
    const proof = frame.proofs.subarray(at, at + length)
    at += length
    const bytes = new Uint8Array(leaves.buffer)
    if (!checkRun(root, bytes, run, proof, hashPairsNative)) return 'a root of other transfers'
  }
  return ''
}

/** For a root without fault. */
export function cosignatureOf(
  frame: RootFrame,
  runs: readonly RootRun[],
  by: RootChecker,
): CosignFrame {
  const total = runs.reduce((sum, { count }) => sum + count, 0)
  const signers = new Uint32Array(total)
  const absent: number[] = []
  let next = 0
  for (const { submission, offset, first, count } of runs) {
    const open = by.find(submission) as OpenSubmission
    const isAbsent = open.absentMarks
    for (let i = offset; i < offset + count; i++) {
      if (isAbsent?.[i] === 1) absent.push(first + i - offset)
      else signers[next++] = open.submission.indexAt(i)
    }
  }
  const { shard, number, parent, transfers, fee, txRoot } = frame
  const digest = cosignDigest(by.genesisHash, { shard, number, parent, transfers, fee, txRoot })
  const present = signers.subarray(0, next)
  const { book } = by
  const sign = (of: Uint32Array) =>
    by.isEach ? book.cosignEach(of, digest) : book.cosign(of, digest)
  const signature = next > 0 ? sign(present) : new Uint8Array(0)
  const positions = Uint32Array.from(absent).sort()
  return {
    kind: 'cosign',
    shard,
    number,
    txRoot,
    signature,
    absent: { ...NOBODY_ABSENT, positions },
  }
}

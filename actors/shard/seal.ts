// Makes a batch of a draft and of what its senders signed: the aggregate, the ordinary signatures
// of the absentees, the body, the claim.

import { assert } from '../../lib/assert.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { ROOT_EVERY_MAX } from '../../protocol/params.ts'
import { aggregateGroups, badGroups, type CosignGroup } from '../../protocol/rollup/bad-groups.ts'
import { type Absent, SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import { lowestNotAfter } from '../../protocol/rollup/check-signatures.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  encodeClaim,
  type UnsignedClaim,
} from '../../protocol/rollup/claim.ts'
import { operationsNotBefore } from '../../protocol/rollup/operation-checks.ts'
import { countOperations } from '../../protocol/rollup/operations.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'
import { type CosignerKeys, signersOf } from '../../protocol/rollup/signers.ts'
import { transferSenders } from '../../protocol/rollup/transfer-columns.ts'
import { writeBody } from '../../protocol/rollup/write-body.ts'
import { factsOf } from './check-batch.ts'
import type { Draft } from './draft.ts'
import type { HeldBatch } from './held-batch.ts'
import type { ShardProps } from './shard-props.ts'

export interface Signed {
  /** [first, count] pairs of positions. */
  readonly runs: Uint32Array
  readonly signature: Uint8Array
}

/** Whether each position is in one run or absent, and none in both. */
export function isPartition(count: number, cosigned: readonly Signed[], absent: Absent): boolean {
  const seen = new Uint8Array(count)
  let total = 0
  for (const { runs } of cosigned) {
    for (let i = 0; i + 1 < runs.length; i += 2) {
      const [first, length] = [runs[i] as number, runs[i + 1] as number]
      if (first + length > count) return false
      for (let k = first; k < first + length; k++) {
        if (seen[k]) return false
        seen[k] = 1
      }
      total += length
    }
  }
  let before = -1
  for (const position of absent.positions) {
    if (position <= before || position >= count || seen[position]) return false
    before = position
    total++
  }
  return total === count
}

/** A small batch states its root, which costs it little; a large one when it must. */
const ROOT_ALWAYS_ENTRIES = 2048

function mustState(number: number, entries: number): boolean {
  return entries <= ROOT_ALWAYS_ENTRIES || number % ROOT_EVERY_MAX === 0
}

/** Groups whose signatures do not hold; empty when all do. */
function guilty(
  draft: Draft,
  cosigned: readonly Signed[],
  keys: CosignerKeys,
  { bls }: ShardProps['ports'],
): number[] {
  const from = transferSenders(draft.body)
  const groups: CosignGroup[] = cosigned.map(({ runs, signature }) => {
    const accounts: number[] = []
    for (let i = 0; i + 1 < runs.length; i += 2) {
      const first = runs[i] as number
      for (let k = first; k < first + (runs[i + 1] as number); k++) accounts.push(from[k] as number)
    }
    return { accounts: Uint32Array.from(accounts).sort(), signature }
  })
  return badGroups(groups, draft.digest, keys, bls.aggregate)
}

/** The body with its aggregate, checked; or which groups spoil it. */
export function sealBody(
  draft: Draft,
  cosigned: readonly Signed[],
  absent: Absent,
  keys: CosignerKeys,
  props: ShardProps,
): { ok: true; bytes: Uint8Array } | { ok: false; groups: readonly number[] } {
  const { number, body } = draft
  const { bls } = props.ports
  let signature: Uint8Array | undefined = new Uint8Array(SIGNATURE_BYTES)
  if (cosigned.length === 1) signature = (cosigned[0] as Signed).signature
  else if (cosigned.length > 1) {
    signature = aggregateGroups(
      cosigned.map((one) => ({ accounts: new Uint32Array(0), signature: one.signature })),
      bls.aggregate,
    )
  }
  const { shard, sections, operations } = body
  if (signature) {
    const bytes = writeBody({ shard, number, signature, sections, operations, absent })
    const read = readBody(bytes)
    if (cosigned.length === 0) return { ok: true, bytes }
    if (read.ok && keys.verify(signersOf(read.body), draft.digest, signature)) {
      return { ok: true, bytes }
    }
  }
  return { ok: false, groups: guilty(draft, cosigned, keys, props.ports) }
}

export interface Author {
  readonly epoch: number
  /** Index in the epoch's set. */
  readonly sequencer: number
  readonly sign: (digest: Uint8Array) => Uint8Array
}

/** The batch as this node holds it, executed and signed. `root` is asked for only when needed. */
export function sealClaim(
  draft: Draft,
  bytes: Uint8Array,
  author: Author,
  { shard, genesisHash, ports }: ShardProps,
  root: () => Hex,
  sinceMs: number,
): HeldBatch {
  const form = readBody(bytes)
  assert(form.ok, 'a body that we wrote is well-formed')
  const { body } = form
  const facts = factsOf(draft.executed)
  const unsigned: UnsignedClaim = {
    ...facts,
    shard,
    number: draft.number,
    epoch: author.epoch,
    parent: draft.parent,
    sequencer: author.sequencer,
    bodyHash: bytesToHex(ports.sha256(bytes)),
    bodyBytes: bytes.length,
    transfers: body.transfers,
    ...countOperations(body.operations),
    notAfter: lowestNotAfter(body),
    notBefore: operationsNotBefore(body.operations),
    fee: draft.fee,
    feeAccount: draft.feeAccount,
    consumed: draft.parcels.map(({ shard: source, number }) => ({ shard: source, number })),
    stateRoot: mustState(draft.number, facts.entries) ? root() : undefined,
  }
  const hash = claimHash(unsigned)
  const claim: Claim = { ...unsigned, signature: author.sign(claimDigest(genesisHash, hash)) }
  return {
    hash,
    claim,
    encoded: encodeClaim(claim),
    bytes,
    body,
    isSigned: true,
    verdict: '',
    why: '',
    stragglers: 'good',
    isStored: false,
    inbox: draft.inbox,
    parcels: draft.parcels,
    exits: new Uint8Array(0),
    sinceMs,
    readyMs: undefined,
  }
}

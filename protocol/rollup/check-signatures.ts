// Whether everybody agreed to a batch: one aggregate of those that co-signed its root, an ordinary
// signature of each that did not and of each operation, and for those also their limits of fee and
// time. The parts can be run apart: ordinary signatures are slow, and a caller may hand them to
// other threads.

import type { Hex } from '../../lib/hex.ts'
import type { VerifyEd25519 } from '../crypto/ed25519-strict.ts'
import type { BatchRefusal } from '../errors/batch-refusals.ts'
import { type Body, SPEND_SIGNATURE_BYTES } from './body-layout.ts'
import type { UnsignedClaim } from './claim.ts'
import { cosignDigest, transferDigester } from './cosign.ts'
import {
  lockBelowFee,
  operationChecks,
  operationsNotAfter,
  operationsNotBefore,
} from './operation-checks.ts'
import { countOperations } from './operations.ts'
import { type CosignerKeys, signersOf } from './signers.ts'
import { type TransferColumns, transferColumns } from './transfer-columns.ts'

/** What of a claim the signatures of its batch depend on. */
export type SignedFacts = Pick<
  UnsignedClaim,
  | 'shard'
  | 'number'
  | 'parent'
  | 'transfers'
  | 'settles'
  | 'refunds'
  | 'locks'
  | 'notAfter'
  | 'notBefore'
  | 'fee'
  | 'txRoot'
>

export type SignatureCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: BatchRefusal; readonly position?: number }

/**
 * The ordinary signatures of a batch: columns that can cross threads. An operation's position is
 * the number of transfers and its place among the operations.
 */
export interface StragglerChecks {
  readonly positions: Uint32Array
  /** 32 bytes each. */
  readonly digests: Uint8Array
  /** 32 bytes each. */
  readonly keys: Uint8Array
  /** 64 bytes each. */
  readonly signatures: Uint8Array
}

const DIGEST_BYTES = 32
const KEY_BYTES = 32
const U32 = 2n ** 32n
/** Nobody is absent: no column is looked at. */
const NONE = { transfers: 0, sections: [] }

/** The lowest height after which an absent sender's transfer or an operation is void. */
export function lowestNotAfter(body: Body): number {
  let lowest = operationsNotAfter(body.operations)
  for (const height of body.absent.notAfters) if (height < lowest) lowest = height
  return lowest
}

/** Everything that is not a signature. */
export function checkTerms(body: Body, facts: SignedFacts): SignatureCheck {
  const { shard, number, transfers } = facts
  if (body.shard !== shard || body.number !== number || body.transfers !== transfers) {
    return { ok: false, code: 'BATCH_MISMATCH' }
  }
  const { settles, refunds, locks } = countOperations(body.operations)
  if (settles !== facts.settles || refunds !== facts.refunds || locks !== facts.locks) {
    return { ok: false, code: 'BATCH_MISMATCH' }
  }
  const { positions, maxFees } = body.absent
  for (let i = 0; i < positions.length; i++) {
    if (facts.fee > (maxFees[i] as number)) {
      return { ok: false, code: 'FEE_ABOVE_MAX', position: positions[i] as number }
    }
  }
  const cheap = lockBelowFee(body.operations, facts.fee)
  if (cheap !== undefined) {
    const position = transfers + settles + refunds + cheap
    return { ok: false, code: 'FEE_ABOVE_MAX', position }
  }
  // Whether the height has come is for the block that orders the claim: it knows the height.
  if (lowestNotAfter(body) !== facts.notAfter) return { ok: false, code: 'BATCH_NOT_AFTER' }
  if (operationsNotBefore(body.operations) !== facts.notBefore) {
    return { ok: false, code: 'BATCH_NOT_BEFORE' }
  }
  return { ok: true }
}

/** What must be verified of absent senders and operations; `nonceOf`: before the batch. */
export function stragglerChecks(
  body: Body,
  genesisHash: Hex,
  nonceOf: (index: number) => number,
  keys: CosignerKeys,
  columns: TransferColumns = transferColumns(body.absent.positions.length > 0 ? body : NONE),
): { ok: true; checks: StragglerChecks } | { ok: false; code: BatchRefusal; position: number } {
  const { maxFees, notAfters } = body.absent
  const digestOf = transferDigester(genesisHash)
  const operations = operationChecks(body, genesisHash)
  const absent = body.absent.positions.length
  const count = absent + operations.length
  const positions = new Uint32Array(count)
  const digests = new Uint8Array(count * DIGEST_BYTES)
  const spendKeys = new Uint8Array(count * KEY_BYTES)
  const signatures = new Uint8Array(count * SPEND_SIGNATURE_BYTES)
  positions.set(body.absent.positions)
  signatures.set(body.absent.signatures)
  for (let i = 0; i < absent; i++) {
    const position = positions[i] as number
    const from = columns.from[position] as number
    const key = keys.spendKey(from)
    if (!key) return { ok: false, code: 'NO_SPEND_KEY', position }
    const hi = BigInt(columns.amountHi[position] as number)
    const digest = digestOf({
      from,
      nonce: nonceOf(from),
      to: columns.to[position] as number,
      amount: hi * U32 + BigInt(columns.amountLo[position] as number),
      maxFee: maxFees[i] as number,
      notAfter: notAfters[i] as number,
    })
    digests.set(digest, i * DIGEST_BYTES)
    spendKeys.set(key, i * KEY_BYTES)
  }
  for (const [k, { position: place, signer, digest, signature }] of operations.entries()) {
    const i = absent + k
    const position = body.transfers + place
    const key = keys.spendKey(signer)
    if (!key) return { ok: false, code: 'NO_SPEND_KEY', position }
    positions[i] = position
    digests.set(digest, i * DIGEST_BYTES)
    spendKeys.set(key, i * KEY_BYTES)
    signatures.set(signature, i * SPEND_SIGNATURE_BYTES)
  }
  return { ok: true, checks: { positions, digests, keys: spendKeys, signatures } }
}

/** Verifies those from `start` up to `end`; returns the position of the first that does not hold. */
export function verifyStragglers(
  checks: StragglerChecks,
  start: number,
  end: number,
  verify: VerifyEd25519,
): number | undefined {
  const part = (bytes: Uint8Array, size: number, i: number) =>
    bytes.subarray(i * size, (i + 1) * size)
  for (let i = start; i < end; i++) {
    const holds = verify(
      part(checks.keys, KEY_BYTES, i),
      part(checks.digests, DIGEST_BYTES, i),
      part(checks.signatures, SPEND_SIGNATURE_BYTES, i),
    )
    if (!holds) return checks.positions[i]
  }
  return undefined
}

/** The aggregate of those that co-signed; of a batch in which nobody did, there is none. */
export function checkAggregate(
  body: Body,
  facts: SignedFacts,
  genesisHash: Hex,
  keys: CosignerKeys,
): SignatureCheck {
  if (body.absent.positions.length === body.transfers) return { ok: true }
  const digest = cosignDigest(genesisHash, facts)
  if (keys.verify(signersOf(body), digest, body.signature)) return { ok: true }
  return { ok: false, code: 'BAD_AGGREGATE' }
}

/**
 * All of it, cheapest first. That `txRoot` is the root of these transfers with these nonces is for
 * whoever executes the batch.
 */
export function checkSignatures(
  body: Body,
  facts: SignedFacts,
  genesisHash: Hex,
  nonceOf: (index: number) => number,
  keys: CosignerKeys,
  verify: VerifyEd25519,
): SignatureCheck {
  const terms = checkTerms(body, facts)
  if (!terms.ok) return terms
  const stragglers = stragglerChecks(body, genesisHash, nonceOf, keys)
  if (!stragglers.ok) return stragglers
  const aggregate = checkAggregate(body, facts, genesisHash, keys)
  if (!aggregate.ok) return aggregate
  const { checks } = stragglers
  const position = verifyStragglers(checks, 0, checks.positions.length, verify)
  if (position !== undefined) return { ok: false, code: 'BAD_SPEND_SIGNATURE', position }
  return { ok: true }
}

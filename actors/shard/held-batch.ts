// A batch that is here, and what is known of it.

import { equalBytes } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import type { Body } from '../../protocol/rollup/body-layout.ts'
import { type Claim, claimHash, decodeClaim } from '../../protocol/rollup/claim.ts'
import type { InboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import { readBody } from '../../protocol/rollup/read-body.ts'

export interface HeldBatch {
  readonly hash: Hex
  readonly claim: Claim
  /** With a signature that was checked, once `isSigned`. */
  encoded: Uint8Array
  readonly bytes: Uint8Array
  readonly body: Body
  /** The sequencer's signature of the claim holds. */
  isSigned: boolean
  /** Executing it on its parent gave what the claim says; undefined while unknown. */
  verdict: '' | string | undefined
  /** What a verdict says besides its code. */
  why: string
  /** Ordinary signatures of absentees. */
  stragglers: 'unknown' | 'checking' | 'good' | 'bad'
  isStored: boolean
  /** The messages that it consumes, once it has been executed. */
  inbox: readonly InboxEntry[]
  /** The same of parcels. */
  parcels: readonly Parcel[]
  /** Leaves of its exits (outgoing.ts), once it has been executed. */
  exits: Uint8Array
  /** When it came or was made, on the node's clock. */
  readonly sinceMs: number
  /** When it was verified and durable. */
  readyMs: number | undefined
}

export function readClaim(encoded: Uint8Array): { claim: Claim; hash: Hex } | undefined {
  try {
    const claim = decodeClaim(encoded)
    return { claim, hash: claimHash(claim) }
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** Whether it has no ordinary signatures. */
function isUnsigned({ absent, operations }: Body): boolean {
  return absent.positions.length + operations.settles.length + operations.locks.length === 0
}

export type ReadBatch =
  | { readonly ok: true; readonly held: HeldBatch }
  | { readonly ok: false; readonly code: string }

/** Whether claim and body belong together, and the body is well-formed. */
export function readBatch(
  encoded: Uint8Array,
  bytes: Uint8Array,
  sha256: (bytes: Uint8Array) => Uint8Array,
  sinceMs: number,
): ReadBatch {
  const read = readClaim(encoded)
  if (!read) return { ok: false, code: 'UNDECODABLE' }
  const { claim, hash } = read
  if (bytes.length !== claim.bodyBytes) return { ok: false, code: 'OTHER_BODY' }
  if (!equalBytes(sha256(bytes), hexToBytes(claim.bodyHash)))
    return { ok: false, code: 'OTHER_BODY' }
  const form = readBody(bytes)
  if (!form.ok) return { ok: false, code: form.code }
  const held: HeldBatch = {
    hash,
    claim,
    encoded,
    bytes,
    body: form.body,
    isSigned: false,
    verdict: undefined,
    why: '',
    stragglers: isUnsigned(form.body) ? 'good' : 'unknown',
    isStored: false,
    inbox: [],
    parcels: [],
    exits: new Uint8Array(0),
    sinceMs,
    readyMs: undefined,
  }
  return { ok: true, held }
}

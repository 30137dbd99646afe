// What a rollup account remembers of each nonce, so that it never agrees to two different things
// with one, and when a nonce is free again.

import type { Hex } from '../../lib/hex.ts'
import type { SignedTransfer } from './cosign.ts'
import type { RollupReceipt } from './rollup-receipt.ts'

export interface CosignedRoot {
  /** What was signed. */
  readonly digest: Hex
  readonly shard: number
  readonly number: number
}

export interface NonceRecord {
  readonly transfer: SignedTransfer
  /** The one root that was co-signed with this nonce. */
  readonly cosigned?: CosignedRoot | undefined
  /** There once a final block orders the claim that contains the transfer. */
  readonly receipt?: RollupReceipt | undefined
}

/** As of one final block in which the account's nonce is still that of the record. */
export interface FinalView {
  readonly height: number
  /** Number of the shard's last claim. */
  readonly lastClaim: number
}

/**
 * Whether nothing that was signed with this nonce can still be executed, so that another transfer
 * may have it: the ordinary signature is void by its height, and the co-signed claim's number is
 * taken by a claim that did not contain the transfer.
 */
export function isVoid(record: NonceRecord, final: FinalView): boolean {
  if (record.receipt || final.height <= record.transfer.notAfter) return false
  return !record.cosigned || final.lastClaim >= record.cosigned.number
}

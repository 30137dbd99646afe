// Collects what a receipt bundle needs from anyone who serves final blocks.

import type { Hex } from '../../lib/hex.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import type { ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import { type Bundle, buildBundle } from '../../protocol/receipt/bundle.ts'
import type { ReceiptV2 } from '../../protocol/receipt/receipt-v2.ts'

export interface FinalBlock {
  readonly height: number
  readonly hash: Hex
  readonly block: Uint8Array
  readonly receipts: readonly Uint8Array[]
  /** Of this block or of the nearest final descendant that has one. */
  readonly certificate: Uint8Array
}

export interface BundleQuery {
  readonly receipt: ReceiptV2
  readonly settleTx: Hex
  readonly settleHeight: number
  readonly validatorSet: ValidatorSet
  readonly genesisHash: Hex
  readonly block: (height: number) => Promise<FinalBlock | undefined>
}

/** Throws RangeError when a block is missing or none of them contains the settlement. */
export async function collectBundle(query: BundleQuery): Promise<Bundle> {
  const { receipt, settleTx, validatorSet, genesisHash } = query
  const first = await get(query, query.settleHeight)
  const blocks = [first.block]
  const certified = decodeCertificate(first.certificate).blockHash
  for (let last = first; last.hash !== certified; ) {
    last = await get(query, last.height + 1)
    blocks.push(last.block)
  }
  const { receipts, certificate } = first
  return buildBundle({
    receipt,
    settleTx,
    blocks,
    receipts,
    certificate,
    validatorSet,
    genesisHash,
  })
}

async function get(query: BundleQuery, height: number): Promise<FinalBlock> {
  const block = await query.block(height)
  if (block === undefined) throw new RangeError(`block ${height} is not final or not stored`)
  return block
}

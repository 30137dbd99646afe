// Collects what a receipt bundle needs from anyone who serves final blocks and stake checkpoints.

import { BUNDLE_HEADERS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { encodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { type Bundle, buildBundle, buildRollupBundle } from '../../protocol/receipt/bundle.ts'
import type { ReceiptV2 } from '../../protocol/receipt/receipt-v2.ts'
import type { OperationReceipt } from '../../protocol/rollup/operation-receipt.ts'
import { collectFinality, type FinalityQuery } from '../light/collect-finality.ts'

export interface FinalBlock {
  readonly height: number
  readonly hash: Hex
  readonly block: Uint8Array
  readonly receipts: readonly Uint8Array[]
  /** Of this block or of the nearest final descendant that has one. */
  readonly certificate: Uint8Array
}

export interface BundleQuery
  extends Pick<FinalityQuery, 'validatorSet' | 'genesisShare' | 'checkpoint' | 'bls'> {
  readonly receipt: ReceiptV2
  /** The transaction, or the operation of the rollup. */
  readonly settled: Hex | OperationReceipt
  readonly settleHeight: number
  readonly block: (height: number) => Promise<FinalBlock | undefined>
}

/**
 * Throws RangeError for what may be there later: a block that is missing, rules that no checkpoint
 * certifies yet; and when the settling block does not contain the settlement.
 */
export async function collectBundle(query: BundleQuery): Promise<Bundle> {
  const { receipt, settled, validatorSet, genesisShare, checkpoint, bls } = query
  const genesis = decodeBlock((await get(query, 0)).block)
  const first = await get(query, query.settleHeight)
  const blocks = [first.block]
  const certified = decodeCertificate(first.certificate).blockHash
  for (let last = first; last.hash !== certified; ) {
    if (blocks.length === BUNDLE_HEADERS_MAX) throw new RangeError('too far from a certificate')
    last = await get(query, last.height + 1)
    blocks.push(last.block)
  }
  const decoded = blocks.map(decodeBlock)
  const { sidecar } = decoded.at(-1) as (typeof decoded)[number]
  const headers = decoded.map(({ header }) => encodeHeader(header))
  const { receipts, certificate } = first
  const finality = await collectFinality({
    chainId: receipt.chain_id,
    genesisHeader: encodeHeader(genesis.header),
    validatorSet,
    genesisShare,
    final: { headers, certificate, sidecar },
    checkpoint,
    bls,
  })
  if (typeof settled !== 'string') {
    const ordering = (decoded[0] as (typeof decoded)[number]).sidecar
    return buildRollupBundle({ receipt, settled, sidecar: ordering, finality })
  }
  return buildBundle({ receipt, settleTx: settled, settling: first.block, receipts, finality })
}

async function get(query: BundleQuery, height: number): Promise<FinalBlock> {
  const block = await query.block(height)
  if (block === undefined) throw new RangeError(`block ${height} is not final or not stored`)
  return block
}

// The file that anyone can verify without us: a receipt, and the proof that a final block settled
// it. The file is exactly the RFC 8785 text of this value, so that no byte of it can change.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../block/block.ts'
import { proveItem } from '../block/ordered-trie.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { FINALITY_OPTIONAL, FINALITY_SHAPES, type FinalityProof } from '../light/finality-proof.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { finalPlace } from '../rollup/final-place.ts'
import type { OperationReceipt } from '../rollup/operation-receipt.ts'
import { readCanonicalFile } from './canonical-file.ts'
import { canonicalJson } from './jcs.ts'
import { hasExactly, isBytesOf, isList, isWhole, type Shape, wrongMember } from './json-shape.ts'
import { readReceipt } from './receipt-schema.ts'
import type { ReceiptV2 } from './receipt-v2.ts'
import { isSettledInRollup, type SettledInRollup } from './rollup-settlement.ts'

export const BUNDLE_FORMAT = 'aitbc-receipt-bundle/2'

/** By a transaction in the first header's block; and that the last one's is final. */
export interface MarketSettlement extends FinalityProof {
  /** Address of the market module. */
  readonly market: Hex
  readonly transaction_index: number
  /** Trie nodes from the first header's receiptsRoot to the transaction's receipt. */
  readonly receipt_proof: readonly Hex[]
}

/** By an operation of the rollup, in a batch that the first header's block orders. */
export interface RollupSettlement extends FinalityProof {
  readonly rollup: SettledInRollup
}

export type BundleSettlement = MarketSettlement | RollupSettlement

export interface Bundle {
  readonly format: typeof BUNDLE_FORMAT
  readonly receipt: ReceiptV2
  readonly settlement: BundleSettlement
}

export interface BundleSources {
  readonly receipt: ReceiptV2
  readonly settleTx: Hex
  /** Encoded: the settling block. */
  readonly settling: Uint8Array
  /** Encoded receipts of the settling block's transactions, in order. */
  readonly receipts: readonly Uint8Array[]
  readonly finality: FinalityProof
}

/** Throws RangeError if the block does not contain `settleTx`. */
export function buildBundle(sources: BundleSources): Bundle {
  const { transactions } = decodeBlock(sources.settling)
  const index = transactions.findIndex((raw) => keccakHex(raw) === sources.settleTx)
  if (index < 0) throw new RangeError('the first block does not contain the settlement')
  return {
    format: BUNDLE_FORMAT,
    receipt: sources.receipt,
    settlement: {
      ...sources.finality,
      market: MARKET_ADDRESS,
      transaction_index: index,
      receipt_proof: proveItem(sources.receipts, index).map(bytesToHex),
    },
  }
}

export interface RollupBundleSources {
  readonly receipt: ReceiptV2
  /** The settle of the receipt's lock. */
  readonly settled: OperationReceipt
  /** Of the block that ordered its claim. */
  readonly sidecar: Uint8Array
  readonly finality: FinalityProof
}

/** Throws RangeError where the sidecar does not hold the claim, RlpError for what is no claim. */
export function buildRollupBundle(sources: RollupBundleSources): Bundle {
  const { receipt, settled, sidecar, finality } = sources
  const { owner, deadline } = settled.operation
  const rollup = { owner, deadline, ...finalPlace(settled, sidecar) }
  return { format: BUNDLE_FORMAT, receipt, settlement: { ...finality, rollup } }
}

/** The text of the file. */
export function encodeBundle(bundle: Bundle): string {
  return canonicalJson(bundle)
}

export type ReadBundle =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly reason: string }

const bad = (reason: string): ReadBundle => ({ ok: false, reason })

const BY_MARKET: Readonly<Record<keyof MarketSettlement, Shape>> = {
  ...FINALITY_SHAPES,
  market: isBytesOf(20),
  transaction_index: isWhole(),
  receipt_proof: isList(64),
}
const BY_ROLLUP: Readonly<Record<keyof RollupSettlement, Shape>> = {
  ...FINALITY_SHAPES,
  rollup: isSettledInRollup,
}

/** Reads a file: bytes or text. Any other spelling than `encodeBundle`'s is refused. */
export function readBundle(file: Uint8Array | string): ReadBundle {
  const text = readCanonicalFile(file)
  if (!text.ok) return text
  const { value } = text
  if (!hasExactly(value, ['format', 'receipt', 'settlement'])) return bad('not a receipt bundle')
  if (value.format !== BUNDLE_FORMAT) return bad(`format is not ${BUNDLE_FORMAT}`)
  const receipt = readReceipt(value.receipt)
  if (!receipt.ok) return bad(receipt.reason)
  // The provider said in the receipt where he is paid: nobody can show another payment for it.
  const shapes = receipt.receipt.billing.rollup ? BY_ROLLUP : BY_MARKET
  const wrong = wrongMember(value.settlement, shapes, FINALITY_OPTIONAL)
  if (wrong !== undefined) return bad(`settlement: ${wrong} is missing, unknown or ill-formed`)
  return { ok: true, bundle: value as unknown as Bundle }
}

// The file that anyone can verify without us: a receipt, and the proof that a final block settled
// it. The file is exactly the RFC 8785 text of this value, so that no byte of it can change.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../block/block.ts'
import { proveItem } from '../block/ordered-trie.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { FINALITY_OPTIONAL, FINALITY_SHAPES, type FinalityProof } from '../light/finality-proof.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { readCanonicalFile } from './canonical-file.ts'
import { canonicalJson } from './jcs.ts'
import { hasExactly, isBytesOf, isList, isWhole, type Shape, wrongMember } from './json-shape.ts'
import { readReceipt } from './receipt-schema.ts'
import type { ReceiptV2 } from './receipt-v2.ts'

export const BUNDLE_FORMAT = 'aitbc-receipt-bundle/2'

/** And that the last header's block is final. */
export interface BundleSettlement extends FinalityProof {
  /** Address of the market module. */
  readonly market: Hex
  readonly transaction_index: number
  /** Trie nodes from the first header's receiptsRoot to the transaction's receipt. */
  readonly receipt_proof: readonly Hex[]
}

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

/** The text of the file. */
export function encodeBundle(bundle: Bundle): string {
  return canonicalJson(bundle)
}

export type ReadBundle =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly reason: string }

const bad = (reason: string): ReadBundle => ({ ok: false, reason })

const SETTLEMENT: Readonly<Record<keyof BundleSettlement, Shape>> = {
  ...FINALITY_SHAPES,
  market: isBytesOf(20),
  transaction_index: isWhole(),
  receipt_proof: isList(64),
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
  const wrong = wrongMember(value.settlement, SETTLEMENT, FINALITY_OPTIONAL)
  if (wrong !== undefined) return bad(`settlement: ${wrong} is missing, unknown or ill-formed`)
  return { ok: true, bundle: value as unknown as Bundle }
}

// The file that anyone can verify without us: a receipt, and the proof that a final block settled
// it. The file is exactly the RFC 8785 text of this value, so that no byte of it can change.

import {
  BUNDLE_BYTES_MAX,
  BUNDLE_CHECKPOINTS_MAX,
  BUNDLE_HEADERS_MAX,
} from '../../config/limits.ts'
import { utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { type Block, decodeBlock } from '../block/block.ts'
import { encodeHeader } from '../block/header-codec.ts'
import { proveItem } from '../block/ordered-trie.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { CheckpointStep } from '../light/follow-checkpoint.ts'
import type { ShareProof } from '../light/genesis-share.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { canonicalJson, JcsError, parseCanonicalJson } from './jcs.ts'
import { readReceipt } from './receipt-schema.ts'
import type { ReceiptV2 } from './receipt-v2.ts'

export const BUNDLE_FORMAT = 'aitbc-receipt-bundle/2'

export interface BundleCheckpoint {
  readonly checkpoint: Hex
  readonly certificate: Hex
  /** Hash of the set that signed. */
  readonly signers: Hex
}

export interface BundleSettlement {
  readonly chain_id: number
  /** RLP of block 0: its hash is in every signature, and it fixes the first epochs' rules. */
  readonly genesis_header: Hex
  /**
   * Trie nodes under the genesis's state root to the share of stake that BALANCED needs; present
   * exactly where that decides, which is before the first checkpoint of a chain that began so.
   */
  readonly genesis_share?: { readonly account: readonly Hex[]; readonly word: readonly Hex[] }
  /** Address of the market module. */
  readonly market: Hex
  /** RLP headers: the block that settled, and its descendants up to the certified one. */
  readonly headers: readonly Hex[]
  /** Commit sidecar of the last header, which names the validators that signed. */
  readonly sidecar: Hex
  readonly transaction_index: number
  /** Trie nodes from receiptsRoot to the transaction's receipt. */
  readonly receipt_proof: readonly Hex[]
  /** Finality certificate of the last header. */
  readonly certificate: Hex
  /**
   * `genesis`: the checkpoints lead from the validators of the genesis to those that signed.
   * `checkpoint`: the file holds the last of many, for readers who trust a later checkpoint.
   */
  readonly begins: 'genesis' | 'checkpoint'
  /** Stake checkpoints, each certified by validators that the one before it names. */
  readonly checkpoints: readonly BundleCheckpoint[]
  /** RLP of all sets that these need, each once, in the order in which they are needed. */
  readonly validator_sets: readonly Hex[]
}

export interface Bundle {
  readonly format: typeof BUNDLE_FORMAT
  readonly receipt: ReceiptV2
  readonly settlement: BundleSettlement
}

export interface BundleSources {
  readonly receipt: ReceiptV2
  readonly settleTx: Hex
  /** Encoded blocks from the settling one to the one that the certificate is for. */
  readonly blocks: readonly Uint8Array[]
  /** Encoded receipts of the settling block's transactions, in order. */
  readonly receipts: readonly Uint8Array[]
  readonly certificate: Uint8Array
  /** Encoded header of block 0. */
  readonly genesisHeader: Uint8Array
  readonly genesisShare?: ShareProof | undefined
  readonly begins: BundleSettlement['begins']
  readonly steps: readonly CheckpointStep[]
  /** Encoded, each once. */
  readonly sets: readonly Uint8Array[]
}

/** Throws RangeError if the first block does not contain `settleTx`. */
export function buildBundle(sources: BundleSources): Bundle {
  const { genesisShare: share } = sources
  const blocks = sources.blocks.map(decodeBlock)
  const [settling] = blocks
  const certified = blocks.at(-1)
  const index = settling?.transactions.findIndex((raw) => keccakHex(raw) === sources.settleTx) ?? -1
  if (index < 0) throw new RangeError('the first block does not contain the settlement')
  return {
    format: BUNDLE_FORMAT,
    receipt: sources.receipt,
    settlement: {
      chain_id: sources.receipt.chain_id,
      genesis_header: bytesToHex(sources.genesisHeader),
      ...(share && {
        genesis_share: { account: share.account.map(bytesToHex), word: share.word.map(bytesToHex) },
      }),
      market: MARKET_ADDRESS,
      headers: blocks.map(({ header }) => bytesToHex(encodeHeader(header))),
      sidecar: bytesToHex((certified as Block).sidecar),
      transaction_index: index,
      receipt_proof: proveItem(sources.receipts, index).map(bytesToHex),
      certificate: bytesToHex(sources.certificate),
      begins: sources.begins,
      checkpoints: sources.steps.map(({ checkpoint, certificate, signers }) => ({
        checkpoint: bytesToHex(checkpoint),
        certificate: bytesToHex(certificate),
        signers,
      })),
      validator_sets: sources.sets.map(bytesToHex),
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

/** Reads a file: bytes or text. Any other spelling than `encodeBundle`'s is refused. */
export function readBundle(file: Uint8Array | string): ReadBundle {
  const bytes = typeof file === 'string' ? utf8(file) : file
  if (bytes.length > BUNDLE_BYTES_MAX) return bad(`larger than ${BUNDLE_BYTES_MAX} bytes`)
  let value: unknown
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    value = parseCanonicalJson(decoder.decode(bytes))
  } catch (error) {
    return bad(error instanceof JcsError ? error.message : 'not UTF-8 text')
  }
  if (!hasExactly(value, ['format', 'receipt', 'settlement'])) return bad('not a receipt bundle')
  if (value.format !== BUNDLE_FORMAT) return bad(`format is not ${BUNDLE_FORMAT}`)
  const receipt = readReceipt(value.receipt)
  if (!receipt.ok) return bad(receipt.reason)
  const wrong = wrongSettlement(value.settlement)
  if (wrong !== undefined) return bad(`settlement: ${wrong} is missing, unknown or ill-formed`)
  return { ok: true, bundle: value as unknown as Bundle }
}

type Fields = Record<string, unknown>

function hasExactly(value: unknown, names: readonly string[]): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).sort().join() === [...names].sort().join()
}

const isBytes = (value: unknown): boolean =>
  typeof value === 'string' && /^0x(?:[0-9a-f]{2})+$/.test(value)
const isBytesOf = (length: number) => (value: unknown) =>
  isBytes(value) && (value as string).length === 2 + 2 * length
const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isList = (max: number) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.length <= max && value.every(isBytes)

const isCheckpoint = (value: unknown): boolean =>
  hasExactly(value, ['checkpoint', 'certificate', 'signers']) &&
  isBytes(value.checkpoint) &&
  isBytes(value.certificate) &&
  isBytesOf(32)(value.signers)

const isShare = (value: unknown): boolean =>
  hasExactly(value, ['account', 'word']) && isList(64)(value.account) && isList(64)(value.word)

const SETTLEMENT: Record<keyof BundleSettlement, (value: unknown) => boolean> = {
  genesis_share: (value) => value === undefined || isShare(value),
  chain_id: isNumber,
  genesis_header: isBytes,
  market: isBytesOf(20),
  headers: isList(BUNDLE_HEADERS_MAX),
  sidecar: isBytes,
  transaction_index: isNumber,
  receipt_proof: isList(64),
  certificate: isBytes,
  begins: (value) => value === 'genesis' || value === 'checkpoint',
  checkpoints: (value) =>
    Array.isArray(value) && value.length <= BUNDLE_CHECKPOINTS_MAX && value.every(isCheckpoint),
  // Every step brings one new set at most, besides those that it begins with.
  validator_sets: isList(BUNDLE_CHECKPOINTS_MAX + 3),
}

function wrongSettlement(value: unknown): string | undefined {
  const names = Object.keys(SETTLEMENT)
  const without = names.filter((name) => name !== 'genesis_share')
  if (!hasExactly(value, names) && !hasExactly(value, without)) return 'one of its members'
  for (const [name, check] of Object.entries(SETTLEMENT)) if (!check(value[name])) return name
  return undefined
}

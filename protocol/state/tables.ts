// The tables of a node's chain store, their keys and rows. The block-builder is the only writer;
// the archive reads. Heights are 8 bytes big-endian, so that LMDB's order is the chain's.

import { bytesToBigint, concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { asBytes, asList, asNumber, decodeRlp, encodeRlp, rlpInteger } from '../rlp/rlp.ts'

export const CHAIN_TABLES = {
  /** height → encoded block. */
  blocks: 'blocks',
  /** height → rlp list of encoded receipts. */
  receipts: 'receipts',
  /** height → logs bloom; only of blocks with logs. */
  blooms: 'blooms',
  /** height → rlp([finalAtMs, certificate of this block or of the nearest final descendant]). */
  finality: 'finality',
  /** block hash → height. */
  heights: 'heights',
  /** transaction hash → height, index (8 and 4 bytes). */
  transactions: 'transactions',
  /** address → account, after the last final block. */
  accounts: 'accounts',
  /** address, slot → word, after the last final block. */
  storage: 'storage',
  /** epoch → rlp([checkpoint, its certificate, hash of the set that signed]); certified ones alone. */
  checkpoints: 'checkpoints',
  /** validatorSetHash → encoded set; those that a checkpoint names. */
  sets: 'sets',
  /** height → what the commit that ended there changed in the state (undo-row.ts). */
  undo: 'undo',
  /** chunk number → chunk of a snapshot that is being fetched; empty in a node that runs. */
  sync: 'sync',
  /**
   * `genesis` → hash, `final` → height, `version` → layout of these tables, `oldest` → first height
   * of which the block is kept (besides the genesis); absent when all are.
   */
  meta: 'meta',
} as const

export const CHAIN_STORE_VERSION = 2

const text = (name: string) => Uint8Array.from(name, (char) => char.charCodeAt(0))
export const META_FINAL = text('final')
export const META_GENESIS = text('genesis')
export const META_VERSION = text('version')
export const META_OLDEST = text('oldest')

export interface FinalityRow {
  readonly finalAtMs: number
  readonly certificate: Uint8Array
}

export function encodeFinality({ finalAtMs, certificate }: FinalityRow): Uint8Array {
  return encodeRlp([rlpInteger(finalAtMs), certificate])
}

/** Throws RlpError. */
export function decodeFinality(row: Uint8Array): FinalityRow {
  const [finalAtMs, certificate] = asList(decodeRlp(row), 2)
  return { finalAtMs: asNumber(finalAtMs), certificate: asBytes(certificate) }
}

export interface CheckpointRow {
  readonly checkpoint: Uint8Array
  readonly certificate: Uint8Array
  readonly signers: Hex
}

export function encodeCheckpointRow(row: CheckpointRow): Uint8Array {
  return encodeRlp([row.checkpoint, row.certificate, hexToBytes(row.signers)])
}

/** Throws RlpError. */
export function decodeCheckpointRow(row: Uint8Array): CheckpointRow {
  const [checkpoint, certificate, signers] = asList(decodeRlp(row), 3)
  return {
    checkpoint: asBytes(checkpoint),
    certificate: asBytes(certificate),
    signers: bytesToHex(asBytes(signers, 32)),
  }
}

export function encodeReceipts(receipts: readonly Uint8Array[]): Uint8Array {
  return encodeRlp([...receipts])
}

/** Throws RlpError. */
export function decodeReceipts(row: Uint8Array): Uint8Array[] {
  return asList(decodeRlp(row)).map((receipt) => asBytes(receipt))
}

export interface TransactionPlace {
  readonly height: number
  readonly index: number
}

export function encodePlace({ height, index }: TransactionPlace): Uint8Array {
  const bytes = new Uint8Array(12)
  for (let i = 7, rest = height; rest > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest
  for (let i = 11, rest = index; rest > 0; i--, rest >>>= 8) bytes[i] = rest
  return bytes
}

export function decodePlace(row: Uint8Array): TransactionPlace {
  return { height: readHeight(row.subarray(0, 8)), index: Number(bytesToBigint(row.subarray(8))) }
}

export function readHeight(row: Uint8Array): number {
  return Number(bytesToBigint(row))
}

export function storageKey(address: Hex, slot: Hex): Uint8Array {
  return concatBytes(hexToBytes(address), hexToBytes(slot))
}

export function readStorageKey(key: Uint8Array): { address: Hex; slot: Hex } {
  return { address: bytesToHex(key.subarray(0, 20)), slot: bytesToHex(key.subarray(20)) }
}

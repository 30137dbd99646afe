// What a snapshot is: a final block, what certifies it, and the hashes of the chunks that hold the
// block and the state after it. rlp([version, chainId, genesisHash, header, certificate, accounts,
// slots, [chunk hashes]]).

import { SNAPSHOT_CHUNKS_MAX, SNAPSHOT_MANIFEST_BYTES_MAX } from '../../config/limits.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import { encodeHeader, headerFromItems, headerItems } from '../block/header-codec.ts'
import { keccakHex } from '../crypto/keccak.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'

export interface SnapshotManifest {
  readonly chainId: bigint
  readonly genesisHash: Hex
  readonly header: Header
  /** keccak of the header. */
  readonly hash: Hex
  readonly epoch: number
  /** FINALIZE certificate of this very block, encoded. */
  readonly certificate: Uint8Array
  readonly accounts: number
  readonly slots: number
  /** The first is the block's (block-chunk.ts), the others hold the state in order. */
  readonly chunks: readonly Hex[]
}

const VERSION = 1
const CERTIFICATE_BYTES_MAX = 4096

export function encodeManifest(manifest: Omit<SnapshotManifest, 'hash' | 'epoch'>): Uint8Array {
  return encodeRlp([
    rlpInteger(VERSION),
    rlpInteger(manifest.chainId),
    hexToBytes(manifest.genesisHash),
    headerItems(manifest.header),
    manifest.certificate,
    rlpInteger(manifest.accounts),
    rlpInteger(manifest.slots),
    manifest.chunks.map(hexToBytes),
  ])
}

function read(bytes: Uint8Array): SnapshotManifest {
  const [version, chainId, genesis, headerItem, certificate, accounts, slots, list] = asList(
    decodeRlp(bytes),
    8,
  )
  if (asNumber(version) !== VERSION) throw new RlpError('another version of snapshots')
  const header = headerFromItems(headerItem as NonNullable<typeof headerItem>)
  const extra = unpackExtraData(header.extraData)
  if (!extra) throw new RlpError('a header of another chain')
  const chunks = asList(list).map((hash) => bytesToHex(asBytes(hash, 32)))
  if (chunks.length < 2 || chunks.length > SNAPSHOT_CHUNKS_MAX) {
    throw new RlpError(`${chunks.length} chunks`)
  }
  if (asBytes(certificate).length > CERTIFICATE_BYTES_MAX) throw new RlpError('a long certificate')
  return {
    chainId: asInteger(chainId),
    genesisHash: bytesToHex(asBytes(genesis, 32)),
    header,
    hash: keccakHex(encodeHeader(header)),
    epoch: extra.epoch,
    certificate: Uint8Array.from(asBytes(certificate)),
    accounts: asNumber(accounts),
    slots: asNumber(slots),
    chunks,
  }
}

/** What is wrong with the bytes as text, or the manifest. */
export function decodeManifest(bytes: Uint8Array): SnapshotManifest | string {
  if (bytes.length > SNAPSHOT_MANIFEST_BYTES_MAX) return `${bytes.length} bytes`
  try {
    return read(bytes)
  } catch (error) {
    if (error instanceof RlpError) return error.message
    throw error
  }
}

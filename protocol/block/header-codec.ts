// RLP of a header and its hash; strict in both directions.

import type { Hex } from '../../lib/hex.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import type { Header } from './header.ts'

const FIELDS = 21

export function headerItems(header: Header): RlpItem[] {
  return [
    hexToBytes(header.parentHash),
    hexToBytes(header.ommersHash),
    hexToBytes(header.coinbase),
    hexToBytes(header.stateRoot),
    hexToBytes(header.transactionsRoot),
    hexToBytes(header.receiptsRoot),
    hexToBytes(header.logsBloom),
    rlpInteger(header.difficulty),
    rlpInteger(header.height),
    rlpInteger(header.gasLimit),
    rlpInteger(header.gasUsed),
    rlpInteger(header.timestamp),
    hexToBytes(header.extraData),
    hexToBytes(header.mixHash),
    hexToBytes(header.nonce),
    rlpInteger(header.baseFeePerGas),
    hexToBytes(header.withdrawalsRoot),
    rlpInteger(header.blobGasUsed),
    rlpInteger(header.excessBlobGas),
    hexToBytes(header.parentBeaconBlockRoot),
    hexToBytes(header.requestsHash),
  ]
}

export function encodeHeader(header: Header): Uint8Array {
  return encodeRlp(headerItems(header))
}

export function headerHash(header: Header): Hex {
  return keccakHex(encodeHeader(header))
}

/** Throws RlpError. */
export function headerFromItems(item: RlpItem | undefined): Header {
  const f = asList(item, FIELDS)
  const hash = (i: number) => bytesToHex(asBytes(f[i], 32))
  if (asInteger(f[7]) !== 0n) throw new RlpError('difficulty is not zero')
  const extraData = asBytes(f[12])
  if (extraData.length > 32) throw new RlpError('extraData is longer than 32 bytes')
  return {
    parentHash: hash(0),
    ommersHash: hash(1),
    coinbase: bytesToHex(asBytes(f[2], 20)),
    stateRoot: hash(3),
    transactionsRoot: hash(4),
    receiptsRoot: hash(5),
    logsBloom: bytesToHex(asBytes(f[6], 256)),
    difficulty: 0n,
    height: asNumber(f[8]),
    gasLimit: asNumber(f[9]),
    gasUsed: asNumber(f[10]),
    timestamp: asNumber(f[11]),
    extraData: bytesToHex(extraData),
    mixHash: hash(13),
    nonce: bytesToHex(asBytes(f[14], 8)),
    baseFeePerGas: asInteger(f[15]),
    withdrawalsRoot: hash(16),
    blobGasUsed: asNumber(f[17]),
    excessBlobGas: asNumber(f[18]),
    parentBeaconBlockRoot: hash(19),
    requestsHash: hash(20),
  }
}

/** Throws RlpError. */
export function decodeHeader(bytes: Uint8Array): Header {
  return headerFromItems(decodeRlp(bytes))
}

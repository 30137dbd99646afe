// What execution says about a transaction (EIP-2718 typed receipts, EIP-658 status).

import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import type { Log } from '../modules/module.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import { logsBloom } from './bloom.ts'

export interface TransactionReceipt {
  readonly type: 0 | 1 | 2
  readonly succeeded: boolean
  /** Gas of this and all earlier transactions of the block. */
  readonly cumulativeGas: number
  readonly logs: readonly Log[]
}

function logItem(log: Log): RlpItem {
  return [hexToBytes(log.address), log.topics.map(hexToBytes), log.data]
}

export function encodeReceipt(receipt: TransactionReceipt): Uint8Array {
  const body = encodeRlp([
    rlpInteger(receipt.succeeded ? 1 : 0),
    rlpInteger(receipt.cumulativeGas),
    logsBloom(receipt.logs),
    receipt.logs.map(logItem),
  ])
  return receipt.type === 0 ? body : concatBytes(Uint8Array.of(receipt.type), body)
}

function readLog(item: RlpItem): Log {
  const [address, topics, data] = asList(item, 3)
  return {
    address: bytesToHex(asBytes(address, 20)),
    topics: asList(topics).map((topic) => bytesToHex(asBytes(topic, 32))),
    data: asBytes(data),
  }
}

/** Throws RlpError. */
export function decodeReceipt(bytes: Uint8Array): TransactionReceipt {
  const first = bytes[0] as number
  const type = first >= 0xc0 ? 0 : first
  if (type !== 0 && type !== 1 && type !== 2) throw new RlpError('unknown receipt type')
  const body = type === 0 ? bytes : bytes.subarray(1)
  const [status, cumulativeGas, , logs] = asList(decodeRlp(body), 4)
  return {
    type,
    succeeded: asNumber(status) === 1,
    cumulativeGas: asNumber(cumulativeGas),
    logs: asList(logs).map(readLog),
  }
}

// What execution says about a transaction (EIP-2718 typed receipts, EIP-658 status).

import { ByteSlab } from '../../lib/byte-slab.ts'
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

/** An empty bloom and no logs, as every receipt of a transfer ends: two heads and zeros. */
const NO_LOGS = encodeRlp([new Uint8Array(256), []]).subarray(3)
const BLOOM_HEAD_BYTES = 3

/** PERF: what encodeReceipt gives without logs, in one pass. */
function encodeWithoutLogs(
  { type, succeeded, cumulativeGas }: TransactionReceipt,
  slab: ByteSlab,
): Uint8Array {
  const gas = encodeRlp(rlpInteger(cumulativeGas))
  const length = 1 + gas.length + NO_LOGS.length
  const start = type === 0 ? 0 : 1
  const out = slab.take(start + 3 + length)
  out[0] = type
  out[start] = 0xf9
  out[start + 1] = length >> 8
  out[start + 2] = length
  out[start + 3] = succeeded ? 1 : 0x80
  let at = start + 4
  for (let i = 0; i < gas.length; i++) out[at++] = gas[i] as number
  for (let i = 0; i < BLOOM_HEAD_BYTES; i++) out[at++] = NO_LOGS[i] as number
  out[out.length - 1] = NO_LOGS[NO_LOGS.length - 1] as number
  return out
}

/** `slab` is where a block's receipts lie. */
export function encodeReceipt(receipt: TransactionReceipt, slab = new ByteSlab()): Uint8Array {
  if (receipt.logs.length === 0) return encodeWithoutLogs(receipt, slab)
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

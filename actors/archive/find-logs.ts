// Finds logs by address and topics (eth_getLogs): the blooms say where they can be, the receipts
// where they are.

import { LOG_RANGE_BLOCKS_MAX, LOG_RESULTS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { bloomMayHave } from '../../protocol/block/bloom.ts'
import { decodeReceipt } from '../../protocol/block/transaction-receipt.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import type { Log } from '../../protocol/modules/module.ts'
import type { ChainReader } from './chain-reader.ts'

export interface LogFilter {
  readonly fromHeight: number
  readonly toHeight: number
  readonly addresses: readonly Hex[]
  readonly topics: readonly (readonly Hex[])[]
}

export interface FoundLog {
  readonly height: number
  readonly blockHash: Hex
  readonly transactionHash: Hex
  readonly transactionIndex: number
  readonly logIndex: number
  readonly address: Hex
  readonly topics: Hex[]
  readonly data: Uint8Array
}

type Found = { code: 'LIMIT'; logs: [] } | { code: ''; logs: FoundLog[] }

function mayMatch(bloom: Uint8Array, { addresses, topics }: LogFilter): boolean {
  const any = (values: readonly Hex[]) =>
    values.length === 0 || values.some((value) => bloomMayHave(bloom, value))
  return any(addresses) && topics.every(any)
}

function matches(log: Log, { addresses, topics }: LogFilter): boolean {
  if (addresses.length > 0 && !addresses.includes(log.address)) return false
  if (topics.length > log.topics.length) return false
  return topics.every((any, i) => any.length === 0 || any.includes(log.topics[i] as Hex))
}

function logsOf(reader: ChainReader, height: number, filter: LogFilter): FoundLog[] {
  const block = reader.block(height)
  if (!block) return []
  const found: FoundLog[] = []
  let logIndex = 0
  for (const [transactionIndex, receipt] of reader.receipts(height).entries()) {
    for (const log of decodeReceipt(receipt).logs) {
      if (matches(log, filter)) {
        found.push({
          height,
          blockHash: block.hash,
          transactionHash: keccakHex(block.transactions[transactionIndex] as Uint8Array),
          transactionIndex,
          logIndex,
          address: log.address,
          topics: [...log.topics],
          data: log.data,
        })
      }
      logIndex++
    }
  }
  return found
}

/** LIMIT when the range or the number of results is above its limit. */
export function findLogs(reader: ChainReader, filter: LogFilter): Found {
  const { fromHeight } = filter
  const toHeight = Math.min(filter.toHeight, reader.finalHeight() ?? 0)
  if (toHeight - fromHeight >= LOG_RANGE_BLOCKS_MAX) return { code: 'LIMIT', logs: [] }
  if (toHeight < fromHeight) return { code: '', logs: [] }
  const logs: FoundLog[] = []
  for (const { height, bloom } of reader.blooms(fromHeight, toHeight, LOG_RANGE_BLOCKS_MAX)) {
    if (mayMatch(bloom, filter)) logs.push(...logsOf(reader, height, filter))
    if (logs.length > LOG_RESULTS_MAX) return { code: 'LIMIT', logs: [] }
  }
  return { code: '', logs }
}

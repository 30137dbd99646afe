// Logs in the form of eth_getLogs, receipts and the `logs` subscription.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { ChainBlock } from '../chain-block.ts'
import { quantity } from '../quantity.ts'

export interface PlacedLog {
  readonly height: number
  readonly blockHash: Hex
  readonly transactionHash: Hex
  readonly transactionIndex: number
  readonly logIndex: number
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Uint8Array
}

export function logAnswer(log: PlacedLog): Record<string, unknown> {
  return {
    address: log.address,
    topics: log.topics,
    data: bytesToHex(log.data),
    blockNumber: quantity(log.height),
    blockHash: log.blockHash,
    transactionHash: log.transactionHash,
    transactionIndex: quantity(log.transactionIndex),
    logIndex: quantity(log.logIndex),
    // Only final blocks are shown: no log is ever taken back.
    removed: false,
  }
}

export function logsOf(block: ChainBlock, index: number): PlacedLog[] {
  const first = block.firstLogIndex(index)
  const transactionHash = block.transaction(index).hash
  return block.receipt(index).logs.map((log, i) => ({
    ...log,
    height: block.height,
    blockHash: block.hash,
    transactionHash,
    transactionIndex: index,
    logIndex: first + i,
  }))
}

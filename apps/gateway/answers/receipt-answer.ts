// A receipt in the form of eth_getTransactionReceipt.

import { bytesToHex } from '../../../lib/hex.ts'
import { logsBloom } from '../../../protocol/block/bloom.ts'
import type { ChainBlock } from '../chain-block.ts'
import { quantity } from '../quantity.ts'
import { logAnswer, logsOf } from './log-answer.ts'

export function receiptAnswer(block: ChainBlock, index: number): Record<string, unknown> {
  const tx = block.transaction(index)
  const receipt = block.receipt(index)
  return {
    transactionHash: tx.hash,
    transactionIndex: quantity(index),
    blockHash: block.hash,
    blockNumber: quantity(block.height),
    from: block.sender(index),
    to: tx.to ?? null,
    contractAddress: null,
    type: quantity(receipt.type),
    status: quantity(receipt.succeeded ? 1 : 0),
    gasUsed: quantity(block.gasUsed(index)),
    cumulativeGasUsed: quantity(receipt.cumulativeGas),
    effectiveGasPrice: quantity(block.gasPrice(index)),
    logs: logsOf(block, index).map(logAnswer),
    logsBloom: bytesToHex(logsBloom(receipt.logs)),
  }
}

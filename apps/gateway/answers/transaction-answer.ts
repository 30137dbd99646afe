// A transaction in the form of eth_getTransactionByHash.

import { bytesToBigint } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Transaction } from '../../../protocol/transaction/transaction.ts'
import type { ChainBlock } from '../chain-block.ts'
import { quantity } from '../quantity.ts'

function signatureFields({ type, chainId, signature }: Transaction): Record<string, Hex> {
  const parity = BigInt(signature[64] as number)
  return {
    r: quantity(bytesToBigint(signature.subarray(0, 32))),
    s: quantity(bytesToBigint(signature.subarray(32, 64))),
    v: quantity(type === 0 ? chainId * 2n + 35n + parity : parity),
    ...(type === 0 ? {} : { yParity: quantity(parity) }),
  }
}

function common(tx: Transaction, from: Hex): Record<string, unknown> {
  const { type } = tx
  return {
    type: quantity(type),
    hash: tx.hash,
    from,
    to: tx.to ?? null,
    nonce: quantity(tx.nonce),
    gas: quantity(tx.gasLimit),
    value: quantity(tx.value),
    input: bytesToHex(tx.data),
    chainId: quantity(tx.chainId),
    ...(type === 0 ? {} : { accessList: tx.accessList }),
    ...(type === 2
      ? {
          maxFeePerGas: quantity(tx.maxFeePerGas),
          maxPriorityFeePerGas: quantity(tx.maxPriorityFeePerGas),
        }
      : {}),
    ...signatureFields(tx),
  }
}

export function minedAnswer(block: ChainBlock, index: number): Record<string, unknown> {
  return {
    ...common(block.transaction(index), block.sender(index)),
    gasPrice: quantity(block.gasPrice(index)),
    blockHash: block.hash,
    blockNumber: quantity(block.height),
    transactionIndex: quantity(index),
  }
}

/** One that waits for a block. */
export function waitingAnswer(tx: Transaction, from: Hex): Record<string, unknown> {
  return {
    ...common(tx, from),
    gasPrice: quantity(tx.maxFeePerGas),
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
  }
}

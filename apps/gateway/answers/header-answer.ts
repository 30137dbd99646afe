// A header in the form of eth_getBlock and newHeads.

import type { ChainBlock } from '../chain-block.ts'
import { quantity } from '../quantity.ts'

export function headerAnswer({ header, hash }: ChainBlock): Record<string, unknown> {
  return {
    number: quantity(header.height),
    hash,
    parentHash: header.parentHash,
    nonce: header.nonce,
    sha3Uncles: header.ommersHash,
    logsBloom: header.logsBloom,
    transactionsRoot: header.transactionsRoot,
    stateRoot: header.stateRoot,
    receiptsRoot: header.receiptsRoot,
    miner: header.coinbase,
    difficulty: quantity(header.difficulty),
    extraData: header.extraData,
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    mixHash: header.mixHash,
    baseFeePerGas: quantity(header.baseFeePerGas),
    withdrawalsRoot: header.withdrawalsRoot,
    blobGasUsed: quantity(header.blobGasUsed),
    excessBlobGas: quantity(header.excessBlobGas),
    parentBeaconBlockRoot: header.parentBeaconBlockRoot,
    requestsHash: header.requestsHash,
  }
}

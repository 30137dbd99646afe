// eth_feeHistory: base fees, fullness and paid priority fees of a range of blocks.

import { RPC_FEE_HISTORY_BLOCKS_MAX } from '../../../../config/limits.ts'
import { nextBaseFee } from '../../../../protocol/block/base-fee.ts'
import { blockNumber, heightOf } from '../../block-param.ts'
import type { ChainBlock } from '../../chain-block.ts'
import { RpcError } from '../../errors.ts'
import { method } from '../../method.ts'
import { count, type Param, withDefault } from '../../params.ts'
import { quantity } from '../../quantity.ts'

const PERCENTILES_MAX = 100

/** Some clients write the number of blocks as a plain number. */
const blockCount: Param<number> = {
  ...count,
  read: (value) => (Number.isSafeInteger(value) ? (value as number) : count.read(value)),
}

const percentiles: Param<number[]> = {
  expects: `a rising list of at most ${PERCENTILES_MAX} percentiles (0 to 100)`,
  read: (value) => {
    if (!Array.isArray(value) || value.length > PERCENTILES_MAX) return undefined
    const valid = value.every(
      (one, i) =>
        typeof one === 'number' && one >= 0 && one <= 100 && (i === 0 || one >= value[i - 1]),
    )
    return valid ? value : undefined
  },
}

/** Priority fees at the percentiles, weighted by gas; zeros for an empty block. */
function rewards(block: ChainBlock, shares: readonly number[]): string[] {
  const paid = Array.from({ length: block.count }, (_, i) => ({
    tip: block.tip(i),
    gas: block.gasUsed(i),
  })).sort((a, b) => (a.tip < b.tip ? -1 : a.tip > b.tip ? 1 : 0))
  return shares.map((share) => {
    const threshold = (block.header.gasUsed * share) / 100
    let sum = 0
    const found = paid.find(({ gas }) => {
      sum += gas
      return sum >= threshold
    })
    return quantity(found?.tip ?? 0n)
  })
}

export const feeHistory = method(
  'eth_feeHistory',
  [blockCount, blockNumber, withDefault(percentiles, [])],
  async ({ chain, blocks }, wanted, ref, shares) => {
    const newest = await heightOf(chain, ref)
    if (newest === undefined) throw new RpcError('HEADER_NOT_FOUND', 'request beyond head block')
    const length = Math.max(0, Math.min(wanted, RPC_FEE_HISTORY_BLOCKS_MAX, newest + 1))
    const oldest = newest - length + 1
    const range: ChainBlock[] = []
    for (let at = oldest; at <= newest; at++) {
      const block = await blocks.at(at)
      if (block) range.push(block)
    }
    const last = range.at(-1)
    const next = last ? [nextBaseFee(last.header)] : []
    const fees = [...range.map(({ header }) => header.baseFeePerGas), ...next]
    return {
      oldestBlock: quantity(range[0]?.height ?? oldest),
      baseFeePerGas: fees.map(quantity),
      gasUsedRatio: range.map(({ header }) => header.gasUsed / header.gasLimit),
      baseFeePerBlobGas: fees.map(() => '0x1'),
      blobGasUsedRatio: range.map(() => 0),
      ...(shares.length > 0 ? { reward: range.map((block) => rewards(block, shares)) } : {}),
    }
  },
)

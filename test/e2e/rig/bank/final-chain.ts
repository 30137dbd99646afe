// The final blocks of a run with their transactions and what those cost, read from one gateway.

import { quantity, type Rpc } from '../../../../apps/cli/chaos/rpc.ts'

export interface FinalTransaction {
  readonly hash: string
  readonly from: string
  readonly to: string | null
  readonly nonce: number
  readonly value: bigint
  readonly feeWei: bigint
  readonly success: boolean
}

export interface FinalBlock {
  readonly height: number
  readonly hash: string
  readonly transactions: readonly FinalTransaction[]
}

interface BlockAnswer {
  readonly number: string
  readonly hash: string
  readonly transactions: readonly {
    readonly hash: string
    readonly from: string
    readonly to: string | null
    readonly nonce: string
    readonly value: string
  }[]
}

interface ReceiptAnswer {
  readonly gasUsed: string
  readonly effectiveGasPrice: string
  readonly status: string
}

const BLOCKS_AT_A_TIME = 500

const hex = (height: number) => `0x${height.toString(16)}`

/** Blocks `from` to `to`, both included. */
export async function readFinalChain(rpc: Rpc, from: number, to: number): Promise<FinalBlock[]> {
  const blocks: FinalBlock[] = []
  for (let at = from; at <= to; at += BLOCKS_AT_A_TIME) {
    const last = Math.min(to, at + BLOCKS_AT_A_TIME - 1)
    const heights = Array.from({ length: last - at + 1 }, (_, i) => hex(at + i))
    const answers = (await rpc.batch(
      heights.map((height) => ({ method: 'eth_getBlockByNumber', params: [height, true] })),
    )) as BlockAnswer[]
    const filled = answers.filter(({ transactions }) => transactions.length > 0)
    const receipts = (await rpc.batch(
      filled.map(({ number }) => ({ method: 'eth_getBlockReceipts', params: [number] })),
    )) as ReceiptAnswer[][]
    const byNumber = new Map(filled.map(({ number }, i) => [number, receipts[i] ?? []]))
    for (const answer of answers) blocks.push(finalBlock(answer, byNumber.get(answer.number) ?? []))
  }
  return blocks
}

function finalBlock(answer: BlockAnswer, receipts: readonly ReceiptAnswer[]): FinalBlock {
  return {
    height: quantity(answer.number),
    hash: answer.hash,
    transactions: answer.transactions.map(({ hash, from, to, nonce, value }, i) => {
      const { gasUsed, effectiveGasPrice, status } = receipts[i] as ReceiptAnswer
      return {
        hash,
        from,
        to,
        nonce: quantity(nonce),
        value: BigInt(value),
        feeWei: BigInt(gasUsed) * BigInt(effectiveGasPrice),
        success: status === '0x1',
      }
    }),
  }
}

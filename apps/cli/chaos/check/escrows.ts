// No money stays locked: every escrow ends once, at the latest soon after its deadline.

import { LOG_RANGE_BLOCKS_MAX } from '../../../../config/limits.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { hexToBytes } from '../../../../lib/hex.ts'
import { decodeMarketLog } from '../../../../protocol/market/market-log.ts'
import { MARKET_ADDRESS } from '../../../../protocol/params.ts'
import { quantity, type Rpc } from '../rpc.ts'
import { type Invariant, invariant } from './invariant.ts'

/** Somebody has to send the refund, and it has to become final. */
const GRACE_SECONDS = 60

export interface EscrowBook {
  /** By job id. */
  readonly escrows: ReadonlyMap<string, { readonly deadline: number; readonly endings: number }>
  readonly paid: number
  /** Unix seconds of the latest block. */
  readonly now: number
}

interface LogAnswer {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
}

export async function readEscrows(rpc: Rpc): Promise<EscrowBook> {
  const head = (await rpc.call('eth_getBlockByNumber', 'latest', false)) as {
    number: string
    timestamp: string
  }
  const height = quantity(head.number)
  const escrows = new Map<string, { deadline: number; endings: number }>()
  let paid = 0
  for (let from = 0; from <= height; from += LOG_RANGE_BLOCKS_MAX) {
    const to = Math.min(height, from + LOG_RANGE_BLOCKS_MAX - 1)
    const range = { fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` }
    const filter = { ...range, address: MARKET_ADDRESS }
    for (const log of (await rpc.call('eth_getLogs', filter)) as LogAnswer[]) {
      const event = decodeMarketLog({
        address: log.address,
        topics: [...log.topics],
        data: hexToBytes(log.data),
      })
      if (event?.event === 'EscrowOpened') {
        escrows.set(event.jobId, { deadline: Number(event.deadline), endings: 0 })
      } else if (event?.event === 'Settled' || event?.event === 'Refunded') {
        const known = escrows.get(event.jobId) ?? { deadline: 0, endings: 0 }
        escrows.set(event.jobId, { ...known, endings: known.endings + 1 })
        if (event.event === 'Settled') paid++
      }
    }
  }
  return { escrows, paid, now: quantity(head.timestamp) }
}

export function escrowsInTime({ escrows, paid, now }: EscrowBook): Invariant {
  const wrongs: string[] = []
  let open = 0
  for (const [job, { deadline, endings }] of escrows) {
    if (endings > 1) wrongs.push(`job ${job} ended ${endings} times`)
    if (endings === 0) {
      open++
      const late = now - deadline
      if (late > GRACE_SECONDS) wrongs.push(`the escrow of ${job} is open ${late} s too long`)
    }
  }
  const fine = `${escrows.size} escrows: ${paid} paid, ${open} open within their time`
  return invariant('escrows-end-in-time', wrongs, fine)
}

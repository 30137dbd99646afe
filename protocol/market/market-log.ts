// Reading the market's logs: what wallets, the scheduler and verifiers learn from a block.

import type { Hex } from '../../lib/hex.ts'
import { AbiError } from '../abi/codec.ts'
import { decodeLog } from '../abi/event.ts'
import type { Log } from '../modules/module.ts'
import { MARKET_ADDRESS } from '../params.ts'
import {
  ASSIGNED,
  AUTHORIZED,
  DEPOSITED,
  ESCROW_OPENED,
  REFUNDED,
  SETTLED,
  WHY_CANCELLED,
  WHY_EXPIRED,
  WITHDRAWN,
} from './market-abi.ts'

export type MarketLog =
  | { readonly event: 'Deposited'; readonly owner: Hex; readonly amount: bigint }
  | { readonly event: 'Withdrawn'; readonly owner: Hex; readonly amount: bigint }
  | {
      readonly event: 'Authorized'
      readonly owner: Hex
      readonly operator: Hex
      readonly allowance: bigint
    }
  | {
      readonly event: 'EscrowOpened'
      readonly jobId: Hex
      readonly consumer: Hex
      readonly coordinator: Hex
      readonly requestHash: Hex
      readonly modelRoot: Hex
      readonly priceCap: bigint
      readonly deadline: bigint
    }
  | {
      readonly event: 'Assigned'
      readonly jobId: Hex
      readonly provider: Hex
      readonly price: bigint
      readonly leaseUntil: bigint
      readonly attempt: number
    }
  | {
      readonly event: 'Settled'
      readonly jobId: Hex
      readonly provider: Hex
      readonly consumer: Hex
      readonly amount: bigint
      readonly refunded: bigint
      readonly receiptHash: Hex
      readonly outputHash: Hex
    }
  | {
      readonly event: 'Refunded'
      readonly jobId: Hex
      readonly consumer: Hex
      readonly amount: bigint
      readonly why: 'cancelled' | 'failed' | 'expired'
    }

/** The market event in a log, or undefined if it is another contract's. */
export function decodeMarketLog(log: Log): MarketLog | undefined {
  if (log.address !== MARKET_ADDRESS) return undefined
  try {
    return decode(log)
  } catch (error) {
    if (error instanceof AbiError) return undefined
    throw error
  }
}

function decode(log: Log): MarketLog | undefined {
  switch (log.topics[0]) {
    case ESCROW_OPENED.topic: {
      const { indexed, data } = decodeLog(ESCROW_OPENED, log)
      const [jobId, consumer, coordinator] = indexed
      const [requestHash, modelRoot, priceCap, deadline] = data
      const terms = { requestHash, modelRoot, priceCap, deadline }
      return { event: 'EscrowOpened', jobId, consumer, coordinator, ...terms }
    }
    case ASSIGNED.topic: {
      const { indexed, data } = decodeLog(ASSIGNED, log)
      const [price, leaseUntil, attempt] = data
      const [jobId, provider] = indexed
      return { event: 'Assigned', jobId, provider, price, leaseUntil, attempt: Number(attempt) }
    }
    case SETTLED.topic: {
      const { indexed, data } = decodeLog(SETTLED, log)
      const [jobId, provider, consumer] = indexed
      const [amount, refunded, receiptHash, outputHash] = data
      const money = { amount, refunded, receiptHash, outputHash }
      return { event: 'Settled', jobId, provider, consumer, ...money }
    }
    case REFUNDED.topic: {
      const { indexed, data } = decodeLog(REFUNDED, log)
      const [amount, code] = data
      const why = code === WHY_CANCELLED ? 'cancelled' : code === WHY_EXPIRED ? 'expired' : 'failed'
      return { event: 'Refunded', jobId: indexed[0], consumer: indexed[1], amount, why }
    }
    default:
      return decodeDeposit(log)
  }
}

function decodeDeposit(log: Log): MarketLog | undefined {
  switch (log.topics[0]) {
    case DEPOSITED.topic: {
      const { indexed, data } = decodeLog(DEPOSITED, log)
      return { event: 'Deposited', owner: indexed[0], amount: data[0] }
    }
    case WITHDRAWN.topic: {
      const { indexed, data } = decodeLog(WITHDRAWN, log)
      return { event: 'Withdrawn', owner: indexed[0], amount: data[0] }
    }
    case AUTHORIZED.topic: {
      const { indexed, data } = decodeLog(AUTHORIZED, log)
      const [owner, operator] = indexed
      return { event: 'Authorized', owner, operator, allowance: data[0] }
    }
    default:
      return undefined
  }
}

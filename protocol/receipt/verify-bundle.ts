// Verifies a receipt bundle with nothing but the file and what the reader trusts: a light client
// that gets everything from the file. Pure: it runs in the command line tool and in a browser.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Header } from '../block/header.ts'
import { decodeHeader } from '../block/header-codec.ts'
import { sha256Hex } from '../crypto/sha256.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { checkFinality, type FinalityTrust, isTrusting } from '../light/verify-finality.ts'
import { verifyReceiptOf } from '../light/verify-inclusion.ts'
import { decodeMarketLog } from '../market/market-log.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { UNTIL_SETTLED } from '../rollup/final-place.ts'
import { type Bundle, type MarketSettlement, readBundle } from './bundle.ts'
import { type Check, type FileCheck, invalid, runChecks } from './check-list.ts'
import { inconsistency } from './receipt-facts.ts'
import { type ReceiptV2, receiptHash } from './receipt-v2.ts'
import { verifyInRollup } from './rollup-settlement.ts'
import { verifySignatures } from './sign-receipt.ts'

export type BundleVerdict =
  | {
      readonly valid: true
      /** False: no validator set was given to trust, so the file only agrees with itself. */
      readonly trusted: boolean
      readonly receipt: ReceiptV2
      readonly checks: readonly FileCheck[]
    }
  | {
      readonly valid: false
      readonly reason: string
      readonly checks: readonly FileCheck[]
    }

export interface BundleTrust extends FinalityTrust {
  readonly secp256k1: Secp256k1
  /** The delivered output, if it is at hand: then it is checked too. */
  readonly output?: string
}

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyBundle(file: Uint8Array | string, trust: BundleTrust): BundleVerdict {
  const checked = runChecks((check) => verifyParts(file, trust, check))
  if (!checked.valid) return checked
  const { value, checks } = checked
  return { valid: true, trusted: isTrusting(trust), receipt: value.receipt, checks }
}

function verifyParts(file: Uint8Array | string, trust: BundleTrust, check: Check): Bundle {
  let bundle: Bundle | undefined
  check('format', () => {
    const read = readBundle(file)
    if (!read.ok) invalid(read.reason)
    bundle = read.bundle
    return bundle.format
  })
  const whole = bundle as unknown as Bundle
  const { receipt, settlement } = whole
  check('receipt', () =>
    inconsistency(receipt) === undefined
      ? `job ${receipt.job_id}, ${receipt.units} ${receipt.unit_type}, ${receipt.price} wei`
      : invalid(inconsistency(receipt) as string),
  )
  check('provider-signature', () => {
    const signed = verifySignatures(receipt, trust.secp256k1)
    return signed.ok ? `signed by ${signed.provider}` : invalid(signed.reason)
  })
  if (trust.output !== undefined) {
    check('output', () =>
      sha256Hex(trust.output as string) === receipt.output_hash
        ? 'the output is the one that was paid for'
        : invalid('the output is not the one that was paid for'),
    )
  }
  if (settlement.chain_id !== receipt.chain_id) {
    check('settlement', () => invalid('receipt and settlement name two chains'))
  }
  const settling = settlement.headers[0] as Hex
  if ('rollup' in settlement) {
    check('settlement', () => verifyInRollup(receipt, settlement.rollup, settling))
  } else {
    check('settlement', () =>
      verifyByMarket(receipt, settlement, decodeHeader(hexToBytes(settling))),
    )
  }
  checkFinality(settlement, trust, check)
  if ('rollup' in settlement) check('until-settled', () => UNTIL_SETTLED, { warning: true })
  return whole
}

/** The market paid exactly this receipt in the block of the first header. */
function verifyByMarket(receipt: ReceiptV2, settlement: MarketSettlement, header: Header): string {
  if (settlement.market !== MARKET_ADDRESS) invalid('not the market module')
  const proof = settlement.receipt_proof.map(hexToBytes)
  const transaction = verifyReceiptOf(header, settlement.transaction_index, proof)
  if (transaction === undefined) invalid('the block has no such transaction')
  if (!transaction.succeeded) invalid('the transaction was refused')
  for (const log of transaction.logs) {
    const event = decodeMarketLog(log)
    if (event?.event !== 'Settled' || event.jobId !== receipt.job_id) continue
    if (event.receiptHash !== receiptHash(receipt)) invalid('another receipt was settled')
    if (event.outputHash !== receipt.output_hash) invalid('another output was settled')
    if (event.provider !== receipt.provider) invalid('another provider was paid')
    if (event.consumer !== receipt.client) invalid('another consumer paid')
    if (event.amount !== BigInt(receipt.price)) invalid('another amount was paid')
    const paid = `${event.amount} wei paid, ${event.refunded} wei returned`
    return `${paid}, block ${header.height}, transaction ${settlement.transaction_index}`
  }
  return invalid('the transaction settles no such job')
}

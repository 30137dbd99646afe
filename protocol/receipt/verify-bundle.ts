// Verifies a receipt bundle with nothing but the file and what the reader trusts: a light client
// that gets everything from the file. Pure: it runs in the command line tool and in a browser.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import { decodeHeader } from '../block/header-codec.ts'
import { MODE_NAMES } from '../consensus/validator-set.ts'
import { sha256Hex } from '../crypto/sha256.ts'
import type { Bls, Secp256k1 } from '../crypto/signatures.ts'
import { verifyHeader } from '../light/verify-header.ts'
import { verifyReceiptOf } from '../light/verify-inclusion.ts'
import { decodeMarketLog } from '../market/market-log.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import { ProofError } from '../trie/trie-proof.ts'
import { type Bundle, readBundle } from './bundle.ts'
import {
  type BundlePath,
  followBundle,
  isAnchored,
  PathError,
  type PathTrust,
} from './bundle-path.ts'
import { inconsistency } from './receipt-facts.ts'
import { type ReceiptV2, receiptHash } from './receipt-v2.ts'
import { verifySignatures } from './sign-receipt.ts'

export interface BundleCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** True for what a careful reader must know although nothing is wrong. */
  readonly warning?: boolean
}

export type BundleVerdict =
  | {
      readonly valid: true
      /** False: no validator set was given to trust, so the file only agrees with itself. */
      readonly trusted: boolean
      readonly receipt: ReceiptV2
      readonly checks: readonly BundleCheck[]
    }
  | {
      readonly valid: false
      readonly reason: string
      readonly checks: readonly BundleCheck[]
    }

/** The reader trusts a checkpoint, or the genesis's validators by their published hash. */
export interface BundleTrust extends PathTrust {
  readonly bls: Bls
  readonly secp256k1: Secp256k1
  /** The delivered output, if it is at hand: then it is checked too. */
  readonly output?: string
}

class Invalid extends Error {}

function invalid(reason: string): never {
  throw new Invalid(reason)
}

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyBundle(file: Uint8Array | string, trust: BundleTrust): BundleVerdict {
  const checks: BundleCheck[] = []
  const check = (name: string, run: () => string) => {
    try {
      checks.push({ name, ok: true, detail: run() })
    } catch (error) {
      const known =
        error instanceof Invalid ||
        error instanceof PathError ||
        error instanceof RlpError ||
        error instanceof ProofError
      if (!known) throw error
      checks.push({ name, ok: false, detail: error.message })
      throw new Invalid(`${name}: ${error.message}`)
    }
  }
  try {
    const bundle = verifyParts(file, trust, check)
    const trusted = (trust.checkpoint ?? trust.trustedValidatorSetHash) !== undefined
    if (!trusted) checks.push(SELF_CONSISTENT)
    return { valid: true, trusted, receipt: bundle.receipt, checks }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { valid: false, reason: error.message, checks }
  }
}

const SELF_CONSISTENT: BundleCheck = {
  name: 'self-consistent-only',
  ok: true,
  warning: true,
  detail:
    'no validators were given to trust: the file agrees with itself, but anybody could have ' +
    'made up these validators',
}

type Check = (name: string, run: () => string) => void

function verifyParts(file: Uint8Array | string, trust: BundleTrust, check: Check): Bundle {
  let bundle: Bundle | undefined
  check('format', () => {
    const read = readBundle(file)
    if (!read.ok) invalid(read.reason)
    bundle = read.bundle
    return bundle.format
  })
  const { receipt, settlement } = bundle as unknown as Bundle
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
  const whole = bundle as unknown as Bundle
  const [settling] = settlement.headers
  check('settlement', () => verifySettlement(whole, decodeHeader(hexToBytes(settling as Hex))))
  let path: BundlePath | undefined
  check('validators', () => {
    path = followBundle(settlement, trust.bls)
    return verifyValidators(whole, trust, path)
  })
  check('finality', () => verifyFinality(whole, path as BundlePath, trust.bls))
  return bundle as unknown as Bundle
}

/** The market paid exactly this receipt in the block of the first header. */
function verifySettlement({ receipt, settlement }: Bundle, header: Header): string {
  if (settlement.market !== MARKET_ADDRESS) invalid('not the market module')
  if (settlement.chain_id !== receipt.chain_id) invalid('receipt and settlement name two chains')
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

/** The way from what the reader trusts to the rules of the epoch. */
function verifyValidators(bundle: Bundle, trust: BundleTrust, path: BundlePath): string {
  const { settlement } = bundle
  const last = decodeHeader(hexToBytes(settlement.headers.at(-1) as Hex))
  const epoch = unpackExtraData(last.extraData)?.epoch
  if (epoch === undefined) invalid('the header names no epoch')
  isAnchored(path, trust, epoch, settlement, trust.bls)
  const { set, rules } = path.state
  const steps = path.steps.length
  return `${set.validators.length} validators, set ${rules.setHash}, ${steps} checkpoints`
}

/** A quorum of them finalised the last header, which descends from the first. */
function verifyFinality({ settlement }: Bundle, path: BundlePath, bls: Bls): string {
  const headers = settlement.headers.map(hexToBytes)
  const certificate = hexToBytes(settlement.certificate)
  const proof = { headers, certificate, sidecar: hexToBytes(settlement.sidecar) }
  const verdict = verifyHeader(path.state, proof, bls)
  if (!verdict.ok) invalid(`${verdict.detail} (${verdict.code})`)
  const { signers, validators: all, stakeRatio, epoch, mode } = verdict
  const share = `${stakeRatio / 100} % of the stake`
  return `${signers} of ${all} validators signed, ${share}, epoch ${epoch} ${MODE_NAMES[mode]}`
}

// Verifies a receipt bundle with nothing but the file and a trusted validator-set hash. Pure code:
// the same file runs in the command line tool and in a browser.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import { decodeHeader, headerHash } from '../block/header-codec.ts'
import { verifyItem } from '../block/ordered-trie.ts'
import { decodeSidecar, sidecarRoot } from '../block/sidecar.ts'
import { decodeReceipt } from '../block/transaction-receipt.ts'
import { decodeCertificate, verifyCertificate } from '../consensus/certificate.ts'
import { asMode, BALANCED_STAKE_PUBLISHED } from '../consensus/epoch-rules.ts'
import { decodeValidatorSet, validatorSetHash } from '../consensus/validator-set.ts'
import { FINALIZE } from '../consensus/vote.ts'
import { sha256Hex } from '../crypto/sha256.ts'
import type { Bls, Secp256k1 } from '../crypto/signatures.ts'
import { decodeMarketLog } from '../market/market-log.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import { ProofError } from '../trie/trie-proof.ts'
import { type Bundle, readBundle } from './bundle.ts'
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

export interface BundleTrust {
  /** Hash of the validator set that the reader trusts, from the network's published facts. */
  readonly trustedValidatorSetHash?: Hex
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
        error instanceof Invalid || error instanceof RlpError || error instanceof ProofError
      if (!known) throw error
      checks.push({ name, ok: false, detail: error.message })
      throw new Invalid(`${name}: ${error.message}`)
    }
  }
  try {
    const bundle = verifyParts(file, trust, check)
    const trusted = trust.trustedValidatorSetHash !== undefined
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
    'no validator set was given to trust: the file agrees with itself, but anybody could have ' +
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
  const headers = settlement.headers.map((text) => () => decodeHeader(hexToBytes(text)))
  check('settlement', () => verifySettlement(bundle as Bundle, (headers[0] as () => Header)()))
  check('validators', () => verifyValidators(bundle as Bundle, trust.trustedValidatorSetHash))
  check('finality', () =>
    verifyFinality(
      bundle as Bundle,
      headers.map((read) => read()),
      trust.bls,
    ),
  )
  return bundle as unknown as Bundle
}

/** The market paid exactly this receipt in the block of the first header. */
function verifySettlement({ receipt, settlement }: Bundle, header: Header): string {
  if (settlement.market !== MARKET_ADDRESS) invalid('not the market module')
  if (settlement.chain_id !== receipt.chain_id) invalid('receipt and settlement name two chains')
  const proof = settlement.receipt_proof.map(hexToBytes)
  const found = verifyItem(header.receiptsRoot, settlement.transaction_index, proof)
  if (found === undefined) invalid('the block has no such transaction')
  const transaction = decodeReceipt(found)
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

/** The block names these validators, and they are the trusted ones. */
function verifyValidators({ settlement }: Bundle, trusted: Hex | undefined): string {
  const header = decodeHeader(hexToBytes(settlement.headers[0] as Hex))
  const sidecar = hexToBytes(settlement.sidecar)
  if (sidecarRoot(sidecar) !== header.parentBeaconBlockRoot) {
    invalid('the sidecar is not the one of the block')
  }
  const set = decodeValidatorSet(hexToBytes(settlement.validator_set))
  const hash = validatorSetHash(set)
  if (decodeSidecar(sidecar).validatorSetHash !== hash) invalid('the block names other validators')
  if (trusted !== undefined && hash !== trusted) {
    invalid(`the validators are not the trusted ones (${hash}, trusted ${trusted})`)
  }
  return `${set.validators.length} validators, set ${hash}`
}

/** A quorum of them finalised the last header, which descends from the first. */
function verifyFinality({ settlement }: Bundle, headers: readonly Header[], bls: Bls): string {
  for (const [i, header] of headers.entries()) {
    const parent = headers[i - 1]
    if (parent !== undefined && header.parentHash !== headerHash(parent)) {
      invalid('the headers are not a chain')
    }
  }
  const certificate = decodeCertificate(hexToBytes(settlement.certificate))
  if (certificate.kind !== FINALIZE) invalid('the certificate is not one of finality')
  if (certificate.blockHash !== headerHash(headers.at(-1) as Header)) {
    invalid('the certificate is for another block')
  }
  const set = decodeValidatorSet(hexToBytes(settlement.validator_set))
  const extra = unpackExtraData((headers.at(-1) as Header).extraData)
  if (!extra || extra.mode > 2) invalid('the header names no consensus mode')
  const { epoch } = extra
  const rules = { epoch, mode: asMode(extra.mode), balancedStake: BALANCED_STAKE_PUBLISHED, set }
  const chain = { chainId: BigInt(settlement.chain_id), genesisHash: settlement.genesis_hash }
  const verdict = verifyCertificate(certificate, rules, chain, bls)
  if (!verdict.ok) invalid(`the certificate does not hold: ${verdict.code}`)
  return `${certificate.signers.length} of ${set.validators.length} validators signed`
}

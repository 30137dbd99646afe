// Verifies a receipt file offline: a bundle of ours, a bare v2 receipt, or AITBC's first receipts
// (v1). Everything needed is in the file and in what the reader trusts.

import type { Hex } from '../../lib/hex.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { secp256k1Noble } from '../../protocol/crypto/secp256k1-noble.ts'
import type { LightCheckpoint } from '../../protocol/light/light-checkpoint.ts'
import { BUNDLE_FORMAT } from '../../protocol/receipt/bundle.ts'
import type { FileCheck } from '../../protocol/receipt/check-list.ts'
import { inconsistency } from '../../protocol/receipt/receipt-facts.ts'
import { readReceipt } from '../../protocol/receipt/receipt-schema.ts'
import { verifyReceiptV1 } from '../../protocol/receipt/receipt-v1.ts'
import { receiptHash } from '../../protocol/receipt/receipt-v2.ts'
import { verifySignatures } from '../../protocol/receipt/sign-receipt.ts'
import { verifyBundle } from '../../protocol/receipt/verify-bundle.ts'

export interface ReceiptTrust {
  /** Hash of the genesis validators; without any trust a bundle is checked against itself only. */
  readonly validatorSetHash?: Hex
  /** A light checkpoint to trust instead, for chains whose validators have changed often. */
  readonly checkpoint?: LightCheckpoint
  /** The output text that was delivered, to be checked against the receipt. */
  readonly output?: string
}

export interface ReceiptVerdict {
  readonly valid: boolean
  readonly kind: 'bundle' | 'receipt-v2' | 'receipt-v1' | 'unknown'
  /** True only for a bundle whose validators are the trusted ones. */
  readonly trusted: boolean
  /** Why it is not valid. */
  readonly reason?: string
  readonly checks: readonly FileCheck[]
  /** The receipt, when there is a well-formed one in the file. */
  readonly receipt?: unknown
}

/** Never throws and needs no network. `file` is the file's bytes or text. */
export function verifyReceipt(file: Uint8Array | string, trust: ReceiptTrust = {}): ReceiptVerdict {
  const value = parse(file)
  if (value?.version === '1.0' || value?.payload !== undefined) return verifyV1(value)
  if (value?.version === '2.0' && value.format === undefined) return verifyBare(value)
  const { validatorSetHash, checkpoint, output } = trust
  const verdict = verifyBundle(file, {
    bls: blsNoble,
    secp256k1: secp256k1Noble,
    ...(validatorSetHash === undefined ? {} : { trustedValidatorSetHash: validatorSetHash }),
    ...(checkpoint && { checkpoint }),
    ...(output === undefined ? {} : { output }),
  })
  if (verdict.valid) return { kind: 'bundle', ...verdict }
  const kind = value?.format === BUNDLE_FORMAT ? 'bundle' : 'unknown'
  return { valid: false, kind, trusted: false, reason: verdict.reason, checks: verdict.checks }
}

function parse(file: Uint8Array | string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(typeof file === 'string' ? file : new TextDecoder().decode(file))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** A v1 receipt with its `signature`, or the published form {payload, signature}. */
function verifyV1(value: Record<string, unknown>): ReceiptVerdict {
  const { payload, signature } = value
  const receipt = typeof payload === 'object' ? { ...payload, signature } : value
  const verdict = verifyReceiptV1(receipt)
  const kind = 'receipt-v1'
  if (!verdict.valid) {
    const checks = [{ name: 'signature', ok: false, detail: verdict.reason }]
    return { valid: false, kind, trusted: false, reason: verdict.reason, checks }
  }
  const detail = `Ed25519 signature of ${verdict.publicKey}; v1 receipts carry no proof of payment`
  const checks = [{ name: 'signature', ok: true, warning: true, detail }]
  return { valid: true, kind, trusted: false, checks, receipt }
}

/** A v2 receipt alone: who signed what, but no proof that it was settled. */
function verifyBare(value: Record<string, unknown>): ReceiptVerdict {
  const kind = 'receipt-v2'
  const fail = (reason: string): ReceiptVerdict => {
    const checks = [{ name: 'receipt', ok: false, detail: reason }]
    return { valid: false, kind, trusted: false, reason, checks }
  }
  const read = readReceipt(value)
  if (!read.ok) return fail(read.reason)
  const wrong = inconsistency(read.receipt)
  if (wrong !== undefined) return fail(wrong)
  const signed = verifySignatures(read.receipt, secp256k1Noble)
  if (!signed.ok) return fail(signed.reason)
  const checks = [
    { name: 'receipt', ok: true, detail: `hash ${receiptHash(read.receipt)}` },
    { name: 'provider-signature', ok: true, detail: `signed by ${signed.provider}` },
    { name: 'not-settled', ok: true, warning: true, detail: 'no proof of payment in this file' },
  ]
  return { valid: true, kind, trusted: false, checks, receipt: read.receipt }
}

// AITBC's first receipts (version 1.0): flat JSON signed with Ed25519 over its canonical bytes.
// They carry floats, and `key_id` is the public key itself, so they prove who signed, no more.

import { ed25519 } from '@noble/curves/ed25519.js'
import { utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { fromBase64Url } from './base64url.ts'
import { canonicalJson } from './jcs.ts'

export type V1Verdict =
  | { readonly valid: true; readonly canonical: string; readonly publicKey: Hex }
  | { readonly valid: false; readonly reason: string }

const TEXT_FIELDS = ['receipt_id', 'job_id', 'provider', 'client', 'unit_type'] as const
const TIME_FIELDS = ['started_at', 'completed_at'] as const

/** Null members are dropped and `signature` is not signed (COMPATIBILITY: follow the sample). */
export function canonicalV1(receipt: Record<string, unknown>): string {
  const { signature: _, ...signed } = receipt
  return canonicalJson(withoutNulls(signed), { floats: true })
}

/**
 * Verifies a v1 receipt with its `signature` member. Ed25519 is checked as RFC 8032 says and
 * OpenSSL does (`zip215: false`): signatures that only some implementations accept are refused.
 */
export function verifyReceiptV1(receipt: unknown): V1Verdict {
  if (typeof receipt !== 'object' || receipt === null || Array.isArray(receipt)) {
    return invalid('a v1 receipt is a JSON object')
  }
  const fields = receipt as Record<string, unknown>
  if (fields.version !== '1.0') return invalid('version is not "1.0"')
  for (const name of TEXT_FIELDS) {
    if (typeof fields[name] !== 'string') return invalid(`${name} is missing`)
  }
  for (const name of TIME_FIELDS) {
    if (!Number.isSafeInteger(fields[name])) return invalid(`${name} must be whole seconds`)
  }
  if (typeof fields.units !== 'number') return invalid('units is missing')
  const signature = fields.signature as Record<string, unknown> | undefined
  if (signature?.alg !== 'Ed25519') return invalid('signature.alg is not "Ed25519"')
  const publicKey = fromBase64Url(String(signature.key_id))
  const sig = fromBase64Url(String(signature.sig))
  if (publicKey?.length !== 32) return invalid('signature.key_id is not a base64url public key')
  if (sig?.length !== 64) return invalid('signature.sig is not a base64url Ed25519 signature')
  const canonical = canonicalV1(fields)
  if (!ed25519.verify(sig, utf8(canonical), publicKey, { zip215: false })) {
    return invalid('the signature does not fit the receipt')
  }
  return { valid: true, canonical, publicKey: bytesToHex(publicKey) }
}

function invalid(reason: string): V1Verdict {
  return { valid: false, reason }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]))
}

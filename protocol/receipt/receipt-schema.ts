// Reads a receipt v2 from untrusted JSON: every member, its type and its bounds, and nothing else.

import { JOB_TOKENS_MAX } from '../../config/limits.ts'
import { decimalText } from '../job/decimal.ts'
import { ROLLUP_ACCOUNTS_MAX } from '../params.ts'
import type { ReceiptV2 } from './receipt-v2.ts'

type Check = (value: unknown) => boolean

const hex = (length: number): Check => {
  const pattern = new RegExp(`^0x[0-9a-f]{${2 * length}}$`)
  return (value) => typeof value === 'string' && pattern.test(value)
}
const text = (max: number): Check => {
  return (value) => typeof value === 'string' && value.length > 0 && value.length <= max
}
const integer = (max: number): Check => {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max
}
const one = (...values: string[]): Check => {
  return (value) => values.includes(value as string)
}
const wei: Check = (value) =>
  typeof value === 'string' && /^(0|[1-9][0-9]{0,77})$/.test(value) && BigInt(value) < 1n << 256n
const decimal: Check = (value) => typeof value === 'string' && decimalText(value) === value
const stops: Check = (value) =>
  Array.isArray(value) && value.length <= 4 && value.every((stop) => text(64)(stop))

const SAFE = Number.MAX_SAFE_INTEGER

const SAMPLER: Record<string, Check> = {
  max_tokens: integer(JOB_TOKENS_MAX),
  temperature: decimal,
  top_p: decimal,
  top_k: integer(1000),
  repetition_penalty: decimal,
  seed: integer(2 ** 32 - 1),
  stop: stops,
}

const index = integer(ROLLUP_ACCOUNTS_MAX - 1)
const rollup: Check = (value) =>
  wrong(value, { lock: index, use: integer(2 ** 32 - 1), payee: index }) === undefined

const BILLING: Record<string, Check> = {
  unit_price: wei,
  units: integer(SAFE),
  amount: wei,
  price_cap: wei,
  escrow_id: hex(32),
}

const RECEIPT: Record<string, Check> = {
  version: one('2.0'),
  receipt_id: hex(32),
  job_id: hex(32),
  provider: hex(20),
  client: hex(20),
  coordinator_id: hex(20),
  status: one('completed', 'cancelled'),
  units: integer(SAFE),
  unit_type: one('tokens', 'inputs'),
  price: wei,
  model: text(128),
  model_root: hex(32),
  request_hash: hex(32),
  quantization: text(64),
  tokenizer_hash: hex(32),
  sampler_hash: hex(32),
  output_hash: hex(32),
  transcript_root: hex(32),
  transcript_chunks: integer(1_000_000),
  prompt_tokens: integer(SAFE),
  completion_tokens: integer(SAFE),
  engine: text(128),
  device: text(128),
  started_at: integer(SAFE),
  completed_at: integer(SAFE),
  duration_ms: integer(SAFE),
  chain_id: integer(SAFE),
  sampler: (value) => wrong(value, SAMPLER) === undefined,
  verification: (value) =>
    wrong(value, { level: one('V0'), method: one('provider-signature') }) === undefined,
  billing: (value) => wrong(value, BILLING, { rollup }) === undefined,
  signatures: (value) =>
    Array.isArray(value) && value.length <= 8 && value.every((item) => signature(item)),
}

function signature(value: unknown): boolean {
  return (
    wrong(value, {
      role: one('provider', 'client', 'verifier'),
      alg: one('secp256k1-eip712'),
      key_id: hex(20),
      sig: hex(65),
    }) === undefined
  )
}

/** The name of the first member that is missing, unknown or ill-formed. */
function wrong(
  value: unknown,
  checks: Record<string, Check>,
  optional: Record<string, Check> = {},
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the object'
  const fields = value as Record<string, unknown>
  for (const name of Object.keys(checks)) {
    if (!Object.hasOwn(fields, name) || !checks[name]?.(fields[name])) return name
  }
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(checks, name)) continue
    if (!Object.hasOwn(optional, name) || !optional[name]?.(fields[name])) return name
  }
  return undefined
}

export type ReadReceipt =
  | { readonly ok: true; readonly receipt: ReceiptV2 }
  | { readonly ok: false; readonly reason: string }

export function readReceipt(value: unknown): ReadReceipt {
  const name = wrong(value, RECEIPT, { prompt_hash: hex(32) })
  if (name === undefined) return { ok: true, receipt: value as ReceiptV2 }
  return { ok: false, reason: `receipt: ${name} is missing, unknown or ill-formed` }
}

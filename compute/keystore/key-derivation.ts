// From a password to the 32 bytes that open a key file: scrypt (RFC 7914) or PBKDF2 with
// HMAC-SHA-256 (RFC 8018), the two that EIP-2335 and Web3 Secret Storage know. A file that asks for
// more work than a node can bear is refused, not obeyed.

import { pbkdf2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { scryptAsync as scryptNoble } from '@noble/hashes/scrypt.js'
import { z } from 'zod'
import { KDF_BLOCKS_MAX, KDF_MEMORY_BYTES_MAX, KDF_ROUNDS_MAX } from '../../config/limits.ts'
import { damaged } from './key-error.ts'

const KEY_BYTES = 32

const HexText = z.string().regex(/^(?:[0-9a-f]{2})*$/i)
const Whole = z.number().int().min(1)

export const ScryptParams = z.object({
  dklen: z.literal(KEY_BYTES),
  n: Whole,
  r: Whole,
  p: Whole,
  salt: HexText,
})

export const Pbkdf2Params = z.object({
  dklen: z.literal(KEY_BYTES),
  c: Whole,
  prf: z.literal('hmac-sha256'),
  salt: HexText,
})

export type Derivation =
  | { readonly name: 'scrypt'; readonly params: z.infer<typeof ScryptParams> }
  | { readonly name: 'pbkdf2'; readonly params: z.infer<typeof Pbkdf2Params> }

export interface ScryptCost {
  readonly n: number
  readonly r: number
  readonly p: number
}

/** About a second and 256 MiB: what both standards recommend. */
export const COST_STANDARD: ScryptCost = { n: 262_144, r: 8, p: 1 }
/** geth's --lightkdf: 4 MiB, for tests and small machines. */
export const COST_LIGHT: ScryptCost = { n: 4096, r: 8, p: 6 }

const scryptAsync = promisify(
  scrypt as (
    password: Uint8Array,
    salt: Uint8Array,
    keylen: number,
    options: object,
    done: (error: Error | null, key: Buffer) => void,
  ) => void,
)
const pbkdf2Async = promisify(pbkdf2)

function scryptKey(
  password: Uint8Array,
  params: z.infer<typeof ScryptParams>,
): Promise<Uint8Array> {
  const { n, r, p, salt } = params
  const bytes = 128 * r * (n + p)
  if (bytes > KDF_MEMORY_BYTES_MAX || p > KDF_BLOCKS_MAX) {
    throw damaged(`the file asks for scrypt with n ${n}, r ${r}, p ${p}: too much work`)
  }
  if (n < 2 || (n & (n - 1)) !== 0) throw damaged(`scrypt's n is a power of two, not ${n}`)
  // Beyond what RFC 7914 allows for its r, yet pyethereum wrote such files: OpenSSL refuses them.
  if (n >= 2 ** (16 * r)) {
    const options = { N: n, r, p, dkLen: KEY_BYTES, maxmem: bytes + 2 ** 20 }
    return scryptNoble(password, Uint8Array.from(Buffer.from(salt, 'hex')), options)
  }
  const maxmem = bytes + 2 ** 20
  const options = { N: n, r, p, maxmem }
  return scryptAsync(password, Buffer.from(salt, 'hex'), KEY_BYTES, options)
}

/** Throws KeyError KEYS_DAMAGED for parameters that no honest file has. */
export async function deriveKey(kdf: Derivation, password: Uint8Array): Promise<Uint8Array> {
  if (kdf.name === 'scrypt') return scryptKey(password, kdf.params)
  const { c, salt } = kdf.params
  if (c > KDF_ROUNDS_MAX) throw damaged(`the file asks for ${c} rounds of PBKDF2: too much work`)
  return pbkdf2Async(password, Buffer.from(salt, 'hex'), c, KEY_BYTES, 'sha256')
}

// Key files after EIP-2335 (version 4), the format of BLS validator keys: scrypt or PBKDF2, SHA-256
// as checksum, AES-128-CTR. Keys of other kinds use the same envelope with a type field.

import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { aesCtr } from './aes-ctr.ts'
import {
  COST_STANDARD,
  type Derivation,
  deriveKey,
  Pbkdf2Params,
  type ScryptCost,
  ScryptParams,
} from './key-derivation.ts'
import { damaged, wrongPassword } from './key-error.ts'

const HexText = z.string().regex(/^(?:[0-9a-f]{2})+$/i)
const Iv = z.string().regex(/^[0-9a-f]{32}$/i)
const Checksum = z.string().regex(/^[0-9a-f]{64}$/i)

const Envelope = z.object({
  crypto: z.object({
    kdf: z.discriminatedUnion('function', [
      z.object({ function: z.literal('scrypt'), params: ScryptParams, message: z.string() }),
      z.object({ function: z.literal('pbkdf2'), params: Pbkdf2Params, message: z.string() }),
    ]),
    checksum: z.object({ function: z.literal('sha256'), params: z.object({}), message: Checksum }),
    cipher: z.object({
      function: z.literal('aes-128-ctr'),
      params: z.object({ iv: Iv }),
      message: HexText,
    }),
  }),
  description: z.string().optional(),
  /** Ours: which key it is when it is not a BLS key. */
  type: z.string().optional(),
  pubkey: z.string().optional(),
  path: z.string(),
  uuid: z.string(),
  version: z.literal(4),
})

export type Eip2335 = z.infer<typeof Envelope>

/** Normalised and without control codes, as the EIP says. */
export function eip2335Password(text: string): Uint8Array {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control codes are what it removes
  return Buffer.from(text.normalize('NFKD').replace(/[\u0000-\u001f\u007f-\u009f]/g, ''), 'utf8')
}

/** Throws KeyError KEYS_DAMAGED naming what is not as it should be. */
export function parseEip2335(value: unknown): Eip2335 {
  const result = Envelope.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw damaged(`not an EIP-2335 key file: ${issue?.path.join('.')}: ${issue?.message}`)
}

function checksumOf(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHash('sha256').update(key.subarray(16)).update(message).digest()
}

export interface Eip2335Facts {
  readonly pubkey: Uint8Array
  readonly description: string
  readonly type?: string
  readonly cost?: ScryptCost
}

export async function encryptEip2335(
  secret: Uint8Array,
  password: string,
  facts: Eip2335Facts,
): Promise<Eip2335> {
  const { pubkey, description, type, cost = COST_STANDARD } = facts
  const params = { dklen: 32, ...cost, salt: randomBytes(32).toString('hex') } as const
  const key = await deriveKey({ name: 'scrypt', params }, eip2335Password(password))
  const iv = randomBytes(16)
  const message = aesCtr(key.subarray(0, 16), iv, secret)
  const checksum = checksumOf(key, message)
  return {
    crypto: {
      kdf: { function: 'scrypt', params, message: '' },
      checksum: { function: 'sha256', params: {}, message: hex(checksum) },
      cipher: { function: 'aes-128-ctr', params: { iv: hex(iv) }, message: hex(message) },
    },
    description,
    ...(type !== undefined && { type }),
    pubkey: hex(pubkey),
    path: '',
    uuid: randomUUID(),
    version: 4,
  }
}

/** Rejects with KeyError WRONG_PASSWORD or KEYS_DAMAGED. */
export async function decryptEip2335(file: Eip2335, password: string): Promise<Uint8Array> {
  const { kdf, checksum, cipher } = file.crypto
  const derivation = { name: kdf.function, params: kdf.params } as Derivation
  const key = await deriveKey(derivation, eip2335Password(password))
  const message = Buffer.from(cipher.message, 'hex')
  const sum = checksumOf(key, message)
  if (!timingSafeEqual(sum, Buffer.from(checksum.message, 'hex'))) throw wrongPassword()
  return aesCtr(key.subarray(0, 16), Buffer.from(cipher.params.iv, 'hex'), message)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

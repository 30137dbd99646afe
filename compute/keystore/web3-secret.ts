// Key files after Web3 Secret Storage, version 3: what geth, MetaMask and every Ethereum library
// read. For the account of a node.

import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { concatBytes } from '../../lib/bytes.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { addressOfSecret } from '../../protocol/crypto/secp256k1-noble.ts'
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

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/i)

const Common = {
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: z.string().regex(/^[0-9a-f]{32}$/i) }),
  ciphertext: Hex32,
  mac: Hex32,
}

const Envelope = z.object({
  version: z.literal(3),
  id: z.string().optional(),
  address: z
    .string()
    .regex(/^(?:0x)?[0-9a-f]{40}$/i)
    .optional(),
  crypto: z.discriminatedUnion('kdf', [
    z.object({ ...Common, kdf: z.literal('scrypt'), kdfparams: ScryptParams }),
    z.object({ ...Common, kdf: z.literal('pbkdf2'), kdfparams: Pbkdf2Params }),
  ]),
})

export type Web3Secret = z.infer<typeof Envelope>

/** Throws KeyError KEYS_DAMAGED naming what is not as it should be. */
export function parseWeb3Secret(value: unknown): Web3Secret {
  // Files of some programs say Crypto.
  const { Crypto, ...rest } = (value ?? {}) as { Crypto?: unknown }
  const result = Envelope.safeParse(Crypto === undefined ? value : { crypto: Crypto, ...rest })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw damaged(`not a version 3 key file: ${issue?.path.join('.')}: ${issue?.message}`)
}

function macOf(key: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return keccak(concatBytes(key.subarray(16), ciphertext))
}

export async function encryptWeb3Secret(
  secret: Uint8Array,
  password: string,
  cost: ScryptCost = COST_STANDARD,
): Promise<Web3Secret> {
  const kdfparams = { dklen: 32, ...cost, salt: hex(randomBytes(32)) } as const
  const key = await deriveKey({ name: 'scrypt', params: kdfparams }, Buffer.from(password, 'utf8'))
  const iv = randomBytes(16)
  const ciphertext = aesCtr(key.subarray(0, 16), iv, secret)
  return {
    version: 3,
    id: randomUUID(),
    address: hex(addressOfSecret(secret)),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: hex(iv) },
      ciphertext: hex(ciphertext),
      kdf: 'scrypt',
      kdfparams,
      mac: hex(macOf(key, ciphertext)),
    },
  }
}

/** Rejects with KeyError WRONG_PASSWORD or KEYS_DAMAGED. */
export async function decryptWeb3Secret(file: Web3Secret, password: string): Promise<Uint8Array> {
  const { kdf, kdfparams, ciphertext, cipherparams, mac } = file.crypto
  const derivation = { name: kdf, params: kdfparams } as Derivation
  const key = await deriveKey(derivation, Buffer.from(password, 'utf8'))
  const bytes = Buffer.from(ciphertext, 'hex')
  if (!timingSafeEqual(macOf(key, bytes), Buffer.from(mac, 'hex'))) throw wrongPassword()
  return aesCtr(key.subarray(0, 16), Buffer.from(cipherparams.iv, 'hex'), bytes)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

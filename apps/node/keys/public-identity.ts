// What an operator hands to others: the public halves of the four keys, a proof that the consensus
// key's owner has its secret, and that key's signature over the others, so that nobody can put his
// own account beside another's key.

import { z } from 'zod'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { damaged } from '../../../compute/keystore/key-error.ts'
import { utf8 } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { keccak } from '../../../protocol/crypto/keccak.ts'
import type { Secrets } from './key-folder.ts'
import { KIND_RULES } from './key-kinds.ts'

function hexOf(bytes: number) {
  const form = new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`)
  return z.custom<Hex>(
    (value) => typeof value === 'string' && form.test(value),
    `0x and ${2 * bytes} lower-case hex digits`,
  )
}

export const IDENTITY_FORMAT = 'aitbc-identity-v1'

const Identity = z.strictObject({
  format: z.literal(IDENTITY_FORMAT),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes'),
  bls_public_key: hexOf(48),
  /** Of possession, against rogue keys in aggregates. */
  possession: hexOf(96),
  vrf_public_key: hexOf(32),
  peer_id: z.string().regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/, 'starts with 12D3KooW'),
  account: hexOf(20),
  /** The consensus key's signature over all of the above. */
  signature: hexOf(96),
})

export type PublicIdentity = z.infer<typeof Identity>

function signedBytes(identity: Omit<PublicIdentity, 'signature'>): Uint8Array {
  const { format, name, bls_public_key, vrf_public_key, peer_id, account } = identity
  const lines = [format, name, bls_public_key, vrf_public_key, peer_id, account]
  return keccak(utf8(lines.join('\n')))
}

export function publicIdentity(name: string, secrets: Secrets): PublicIdentity {
  const unsigned = {
    format: IDENTITY_FORMAT,
    name,
    bls_public_key: KIND_RULES.consensus.publicOf(secrets.consensus) as Hex,
    possession: bytesToHex(blsNative.provePossession(secrets.consensus)),
    vrf_public_key: KIND_RULES.vrf.publicOf(secrets.vrf) as Hex,
    peer_id: KIND_RULES.peer.publicOf(secrets.peer),
    account: KIND_RULES.account.publicOf(secrets.account) as Hex,
  } as const
  const signature = bytesToHex(blsNative.sign(secrets.consensus, signedBytes(unsigned)))
  return { ...unsigned, signature }
}

/** Checks both proofs. Throws KeyError KEYS_DAMAGED. */
export function parseIdentity(value: unknown): PublicIdentity {
  const result = Identity.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    throw damaged(`not a public identity: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { data } = result
  const key = hexToBytes(data.bls_public_key)
  if (!blsNative.verifyPossession(key, hexToBytes(data.possession))) {
    throw damaged('its possession does not prove that the owner has the consensus key')
  }
  if (!blsNative.verify(key, signedBytes(data), hexToBytes(data.signature))) {
    throw damaged('its signature is not that of its consensus key: somebody changed it')
  }
  return data
}

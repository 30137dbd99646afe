// The four keys of a validator and the two of a rollup account: what each is for, in which file and
// format it lies, what is public of it.

import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { decryptEip2335, encryptEip2335, parseEip2335 } from '../../../compute/keystore/eip2335.ts'
import type { ScryptCost } from '../../../compute/keystore/key-derivation.ts'
import { damaged } from '../../../compute/keystore/key-error.ts'
import {
  newBlsSecret,
  newEd25519Seed,
  newSecp256k1Secret,
} from '../../../compute/keystore/new-secret.ts'
import {
  decryptWeb3Secret,
  encryptWeb3Secret,
  parseWeb3Secret,
} from '../../../compute/keystore/web3-secret.ts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { vrfPublicKey } from '../../../protocol/crypto/ecvrf.ts'
import { addressOfSecret } from '../../../protocol/crypto/secp256k1-noble.ts'
import { peerIdOf } from '../../../transport/libp2p/identity.ts'

/** Of a validator. */
export const KEY_KINDS = ['consensus', 'vrf', 'peer', 'account'] as const
/** Of a rollup account, besides the account on the base chain that owns it. */
export const ROLLUP_KEY_KINDS = ['spend', 'cosign'] as const
export const ALL_KEY_KINDS = [...KEY_KINDS, ...ROLLUP_KEY_KINDS] as const
export type KeyKind = (typeof ALL_KEY_KINDS)[number]

export interface KindRules {
  readonly purpose: string
  readonly format: string
  newSecret(): Uint8Array
  /** As it is shown and written into other files. */
  publicOf(secret: Uint8Array): string
  encrypt(secret: Uint8Array, password: string, cost?: ScryptCost): Promise<object>
  /** The secret, and what the file says is public of it; rejects with KeyError. */
  decrypt(
    file: unknown,
    password: string,
  ): Promise<{ secret: Uint8Array; says: string | undefined }>
}

const SECRET_BYTES = 32

function eip2335Rules(
  kind: KeyKind,
  type: string | undefined,
  parts: Pick<KindRules, 'purpose' | 'newSecret'> & {
    readonly publicBytes: (secret: Uint8Array) => Uint8Array
    readonly publicText?: (secret: Uint8Array) => string
  },
): KindRules {
  const { purpose, newSecret, publicBytes } = parts
  const publicOf = parts.publicText ?? ((secret) => bytesToHex(publicBytes(secret)))
  return {
    purpose,
    format: type === undefined ? 'EIP-2335' : `EIP-2335 envelope, type ${type}`,
    newSecret,
    publicOf,
    encrypt: (secret, password, cost) =>
      encryptEip2335(secret, password, {
        pubkey: publicBytes(secret),
        description: `aitbc ${kind} key`,
        ...(type !== undefined && { type }),
        ...(cost && { cost }),
      }),
    async decrypt(file, password) {
      const envelope = parseEip2335(file)
      if (envelope.type !== type) {
        const found = envelope.type ?? 'a BLS key'
        throw damaged(`the file holds ${found}, not the ${kind} key`)
      }
      const secret = await decryptEip2335(envelope, password)
      if (secret.length !== SECRET_BYTES) throw damaged(`the secret has ${secret.length} bytes`)
      if (!envelope.pubkey) return { secret, says: undefined }
      const same = envelope.pubkey.toLowerCase().replace(/^0x/, '')
      const matches = bytesToHex(publicBytes(secret)) === `0x${same}`
      return { secret, says: matches ? publicOf(secret) : `0x${same}` }
    },
  }
}

/** libp2p's own form of a public key: the 32 bytes at the end of a peer id. */
function peerPublicBytes(secret: Uint8Array): Uint8Array {
  return vrfPublicKey(secret)
}

export const KIND_RULES: Readonly<Record<KeyKind, KindRules>> = {
  consensus: eip2335Rules('consensus', undefined, {
    purpose: 'votes and proposes (BLS12-381)',
    newSecret: newBlsSecret,
    publicBytes: (secret) => blsNative.publicKey(secret),
  }),
  vrf: eip2335Rules('vrf', 'aitbc-vrf-ed25519', {
    purpose: 'draws the leaders (ECVRF on Ed25519)',
    newSecret: newEd25519Seed,
    publicBytes: vrfPublicKey,
  }),
  peer: eip2335Rules('peer', 'libp2p-ed25519', {
    purpose: 'the node on its links (libp2p, Ed25519)',
    newSecret: newEd25519Seed,
    publicBytes: peerPublicBytes,
    publicText: peerIdOf,
  }),
  spend: eip2335Rules('spend', 'aitbc-spend-ed25519', {
    purpose: 'signs transfers in the rollup (Ed25519)',
    newSecret: newEd25519Seed,
    publicBytes: vrfPublicKey,
  }),
  cosign: eip2335Rules('cosign', 'aitbc-cosign-bls', {
    purpose: 'agrees to batches of the rollup (BLS12-381)',
    newSecret: newBlsSecret,
    publicBytes: (secret) => blsNative.publicKey(secret),
  }),
  account: {
    purpose: 'holds the stake and pays (secp256k1)',
    format: 'Web3 Secret Storage 3',
    newSecret: newSecp256k1Secret,
    publicOf: (secret) => bytesToHex(addressOfSecret(secret)),
    encrypt: encryptWeb3Secret,
    async decrypt(file, password) {
      const envelope = parseWeb3Secret(file)
      const secret = await decryptWeb3Secret(envelope, password)
      const { address } = envelope
      if (!address) return { secret, says: undefined }
      const says = bytesToHex(hexToBytes(`0x${address.replace(/^0x/, '')}`))
      return { secret, says }
    },
  },
}

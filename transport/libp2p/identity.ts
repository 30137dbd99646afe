// Who a process is towards other processes: an Ed25519 key made from a seed of 32 bytes, and the
// peer id that follows from it (libp2p specs, peer-ids).

import { createPrivateKey, createPublicKey } from 'node:crypto'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { assert } from '../../lib/assert.ts'

export interface Identity {
  readonly privateKey: Ed25519PrivateKey
  /** Text that begins with 12D3Koo. */
  readonly peerId: string
}

const SEED_BYTES = 32
/** What stands before the seed in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

export function identityOf(seed: Uint8Array): Identity {
  assert(seed.length === SEED_BYTES, `a seed has ${SEED_BYTES} bytes`)
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const raw = Buffer.concat([seed, spki.subarray(-SEED_BYTES)])
  const privateKey = privateKeyFromRaw(raw) as Ed25519PrivateKey
  return { privateKey, peerId: peerIdFromPrivateKey(privateKey).toString() }
}

export function peerIdOf(seed: Uint8Array): string {
  return identityOf(seed).peerId
}

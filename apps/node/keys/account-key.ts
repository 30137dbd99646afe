// The account that a role of a node pays and signs with: the development network's, or the node's.

import { assert } from '../../../lib/assert.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { addressOfSecret } from '../../../protocol/crypto/secp256k1-noble.ts'
import { devAccount } from '../dev-keys.ts'
import type { NodeKeys } from './node-keys.ts'

export interface AccountKey {
  readonly address: Hex
  readonly secretKey: Uint8Array
}

/** `devName`: the development account of the role; `keys` is undefined where keys are public. */
export function accountKey(devName: string, keys: NodeKeys | undefined): AccountKey {
  if (!keys) {
    const { address, privateKey } = devAccount(devName)
    return { address, secretKey: hexToBytes(privateKey) }
  }
  const secretKey = keys.secrets.account
  assert(secretKey, 'the account key was opened before the node starts')
  return { address: bytesToHex(addressOfSecret(secretKey)), secretKey }
}

// The key with which a node signs for its account in the rollup: the development network's, or that
// of its folder, if there is one.

import { ed25519Keys, signEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { SpendSign } from '../../../protocol/rollup/sign-operation.ts'
import { devAccount, devRollupKeys } from '../dev-keys.ts'
import type { NodeKeys } from './node-keys.ts'

export interface SpendKey {
  readonly spendKey: Hex
  readonly sign: SpendSign
}

/** As `accountKey`; undefined where the folder has no spend key. */
export function rollupKey(devName: string, keys: NodeKeys | undefined): SpendKey | undefined {
  const seed = keys ? keys.secrets.spend : devRollupKeys(devAccount(devName)).spend
  if (!seed) return undefined
  const { secretKey, publicKey } = ed25519Keys(seed)
  const sign = (digest: Uint8Array) => signEd25519Native(secretKey, digest)
  return { spendKey: bytesToHex(publicKey), sign }
}

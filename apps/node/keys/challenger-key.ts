// The account that pays the bond when a validator challenges a false claim: its own, where the node
// has the key. Without it the node says what it has found, and anybody can hand that in.

import type { ChallengerKey } from '../../../actors/shard/challenger.ts'
import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { addressOfSecret } from '../../../protocol/crypto/secp256k1-noble.ts'
import { devAccounts } from '../dev-keys.ts'
import type { NodeKeys } from './node-keys.ts'

function secretOf(index: number, keys: NodeKeys | undefined): Uint8Array | undefined {
  if (keys) return keys.secrets.account
  const name = `validator${index}`
  const found = devAccounts(index + 1).find((one) => one.name === name)
  return found && hexToBytes(found.privateKey)
}

/** `index`: among the validators of the topology; `keys` is undefined where keys are public. */
export function challengerKey(
  chainId: bigint,
  index: number,
  keys: NodeKeys | undefined,
): ChallengerKey | undefined {
  const secretKey = secretOf(index, keys)
  if (!secretKey) return undefined
  const address = bytesToHex(addressOfSecret(secretKey))
  return { chainId, address, secretKey, secp256k1: secp256k1Native }
}

// Accounts of the bench's own, whose keys follow from their numbers: the generator signs with them
// and the genesis pays them, without either telling the other.

import secp256k1 from 'secp256k1'
import { concatBytes, u64, utf8 } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { keccak } from '../../../protocol/crypto/keccak.ts'
import { addressOfKey } from '../../../protocol/crypto/secp256k1-noble.ts'

export interface BenchAccount {
  readonly secretKey: Uint8Array
  readonly address: Hex
}

export function benchAccount(number: number): BenchAccount {
  const secretKey = keccak(concatBytes(utf8('aitbc bench account'), u64(number)))
  const address = bytesToHex(addressOfKey(secp256k1.publicKeyCreate(secretKey, false)))
  return { secretKey, address }
}

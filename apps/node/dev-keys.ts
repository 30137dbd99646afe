// The development network's keys: public by design, derived from a phrase that every Ethereum tool
// knows. Refused for any other network.

import { keccak_256 } from '@noble/hashes/sha3.js'
import { mnemonicToAccount } from 'viem/accounts'
import { bigintToBytes, bytesToBigint, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'

export const DEV_MNEMONIC = 'test test test test test test test test test test test junk'

export interface DevAccount {
  readonly name: string
  readonly address: Hex
  readonly privateKey: Hex
}

/** By index of the derivation path m/44'/60'/0'/0/i. */
const NAMES = [
  'consumer',
  'provider',
  'coordinator',
  'validator0',
  'validator1',
  'validator2',
  'validator3',
  'alice',
  'bob',
  'carol',
]

/** Order of the BLS12-381 scalar field. */
const BLS_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/** The ten that every development network has, then those of validators past the fourth. */
export function devAccounts(validators = 4): DevAccount[] {
  const further = Array.from({ length: Math.max(0, validators - 4) }, (_, i) => `validator${i + 4}`)
  return [...NAMES, ...further].map((name, addressIndex) => {
    const account = mnemonicToAccount(DEV_MNEMONIC, { addressIndex })
    const key = account.getHdKey().privateKey
    if (!key) throw new Error('the development phrase gives no key')
    return { name, address: account.address.toLowerCase() as Hex, privateKey: bytesToHex(key) }
  })
}

export function devAccount(name: string): DevAccount {
  const account = devAccounts().find((candidate) => candidate.name === name)
  if (!account) throw new Error(`no development account named ${name}`)
  return account
}

/** The 32-byte BLS secret key of development validator `index`. */
export function devValidatorKey(index: number): Uint8Array {
  const seed = bytesToBigint(keccak_256(utf8(`aitbc dev validator ${index}`)))
  return bigintToBytes((seed % (BLS_ORDER - 1n)) + 1n, 32)
}

// The development network's keys: public by design, derived from a phrase that every Ethereum tool
// knows. Refused for any other network.

import { mnemonicToAccount } from 'viem/accounts'
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

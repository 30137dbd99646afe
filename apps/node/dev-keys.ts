// The development network's keys: public by design, derived from a phrase that every Ethereum tool
// knows. Refused for any other network.

import { pbkdf2Sync } from 'node:crypto'
import { HDKey } from 'viem/accounts'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { addressOfSecret } from '../../protocol/crypto/secp256k1-noble.ts'
import { sha256Bytes } from '../../protocol/crypto/sha256.ts'

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

/** BIP-39. PERF: in JavaScript the phrase takes a hundred times as long to stretch. */
const seedOf = (phrase: string) => pbkdf2Sync(phrase, 'mnemonic', 2048, 64, 'sha512')

let parent: HDKey | undefined
const known: DevAccount[] = []

function accountAt(index: number): DevAccount {
  const name = NAMES[index] ?? `validator${index - NAMES.length + 4}`
  parent ??= HDKey.fromMasterSeed(seedOf(DEV_MNEMONIC)).derive("m/44'/60'/0'/0")
  const key = parent.deriveChild(index).privateKey
  if (!key) throw new Error('the development phrase gives no key')
  return { name, address: bytesToHex(addressOfSecret(key)), privateKey: bytesToHex(key) }
}

/** The ten that every development network has, then those of validators past the fourth. */
export function devAccounts(validators = 4): DevAccount[] {
  const count = NAMES.length + Math.max(0, validators - 4)
  while (known.length < count) known.push(accountAt(known.length))
  return known.slice(0, count)
}

/** Of the account's account in the rollup: public like its own, from which they follow. */
export function devRollupKeys({ privateKey }: DevAccount): {
  readonly spend: Uint8Array
  readonly cosign: Uint8Array
} {
  const account = hexToBytes(privateKey)
  const derive = (what: string) => sha256Bytes(concatBytes(utf8(`AITBC-DEV-${what}`), account))
  const cosign = derive('COSIGN')
  // Below the order of the group, which begins with 0x73.
  cosign[0] = (cosign[0] as number) & 0x3f
  return { spend: derive('SPEND'), cosign }
}

export function devAccount(name: string): DevAccount {
  const account = devAccounts().find((candidate) => candidate.name === name)
  if (!account) throw new Error(`no development account named ${name}`)
  return account
}

// An account as Ethereum's state trie keeps it: rlp([nonce, balance, storageRoot, codeHash]).

import { equalBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  rlpInteger,
} from '../rlp/rlp.ts'
import { EMPTY_ROOT } from '../trie/trie.ts'

export interface Account {
  readonly nonce: number
  readonly balance: bigint
  readonly storageRoot: Hex
  readonly codeHash: Hex
}

/** keccak256 of no code. */
export const EMPTY_CODE_HASH: Hex =
  '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'

/** PERF: what nearly every account has. */
const EMPTY_ROOT_BYTES = hexToBytes(EMPTY_ROOT)
const EMPTY_CODE_BYTES = hexToBytes(EMPTY_CODE_HASH)

export const EMPTY_ACCOUNT: Account = {
  nonce: 0,
  balance: 0n,
  storageRoot: EMPTY_ROOT,
  codeHash: EMPTY_CODE_HASH,
}

/** Empty accounts are not kept in the state (EIP-161). */
export function isEmptyAccount(account: Account): boolean {
  return account.nonce === 0 && account.balance === 0n && account.storageRoot === EMPTY_ROOT
}

export function encodeAccount(account: Account): Uint8Array {
  return encodeRlp([
    rlpInteger(account.nonce),
    rlpInteger(account.balance),
    account.storageRoot === EMPTY_ROOT ? EMPTY_ROOT_BYTES : hexToBytes(account.storageRoot),
    account.codeHash === EMPTY_CODE_HASH ? EMPTY_CODE_BYTES : hexToBytes(account.codeHash),
  ])
}

function known(bytes: Uint8Array, usual: Uint8Array, text: Hex): Hex {
  return equalBytes(bytes, usual) ? text : bytesToHex(bytes)
}

/** Throws RlpError. */
export function decodeAccount(bytes: Uint8Array): Account {
  const [nonce, balance, storageRoot, codeHash] = asList(decodeRlp(bytes), 4)
  return {
    nonce: asNumber(nonce),
    balance: asInteger(balance),
    storageRoot: known(asBytes(storageRoot, 32), EMPTY_ROOT_BYTES, EMPTY_ROOT),
    codeHash: known(asBytes(codeHash, 32), EMPTY_CODE_BYTES, EMPTY_CODE_HASH),
  }
}

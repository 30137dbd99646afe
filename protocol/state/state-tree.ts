// The whole state after a block: the accounts trie and the storage tries of the accounts that
// have one. Immutable, so every block that is not final yet keeps its own at the cost of what it
// changed.

import { bytesToBigint, EMPTY } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { asBytes, decodeRlp, encodeRlp, rlpInteger } from '../rlp/rlp.ts'
import { type Trie, TrieBatch, trieFind, trieGet, trieRoot, trieSet } from '../trie/trie.ts'
import type { Leaf } from '../trie/trie-node.ts'
import {
  type Account,
  decodeAccount,
  EMPTY_ACCOUNT,
  encodeAccount,
  isEmptyAccount,
} from './account.ts'

export interface StateTree {
  readonly accounts: Trie
  readonly storages: ReadonlyMap<Hex, Trie>
}

export interface AccountChange {
  readonly nonce: number
  readonly balance: bigint
}

/** What a block changed; slots with the word 0 are deleted. */
export interface StateChanges {
  readonly accounts: ReadonlyMap<Hex, AccountChange>
  readonly storage: ReadonlyMap<Hex, ReadonlyMap<Hex, bigint>>
}

export const EMPTY_STATE: StateTree = { accounts: undefined, storages: new Map() }

/** PERF: an address is hashed on every read of its account; most addresses come back. */
const HASHED_MAX = 65_536
const hashed = new Map<Hex, Uint8Array>()

function hashKey(key: Hex): Uint8Array {
  let hash = hashed.get(key)
  if (!hash) {
    hash = keccak(hexToBytes(key))
    if (hashed.size >= HASHED_MAX) hashed.clear()
    hashed.set(key, hash)
  }
  return hash
}

export function stateRoot(tree: StateTree): Hex {
  return trieRoot(tree.accounts)
}

/** Keys of accounts all have one length, so none ends at a branch. */
export function readAccount(tree: StateTree, address: Hex): Account {
  const leaf = trieFind(tree.accounts, hashKey(address)) as Leaf | undefined
  if (!leaf) return EMPTY_ACCOUNT
  // PERF: an account is read again in every block that changes it.
  leaf.decoded ??= decodeAccount(leaf.value)
  return leaf.decoded as Account
}

/** The account as the trie has it, for a row of the store; undefined when there is none. */
export function encodedAccount(tree: StateTree, address: Hex): Uint8Array | undefined {
  return trieGet(tree.accounts, hashKey(address))
}

export function readStorage(tree: StateTree, address: Hex, slot: Hex): bigint {
  const bytes = trieGet(tree.storages.get(address), hashKey(slot))
  return bytes ? bytesToBigint(asBytes(decodeRlp(bytes))) : 0n
}

export function encodeWord(word: bigint): Uint8Array {
  return word === 0n ? new Uint8Array(0) : encodeRlp(rlpInteger(word))
}

/** Returns the new tree and the full accounts that changed. */
export function applyChanges(
  tree: StateTree,
  changes: StateChanges,
): { tree: StateTree; accounts: Map<Hex, Account> } {
  const storages = new Map(tree.storages)
  for (const [address, slots] of changes.storage) {
    let storage = storages.get(address)
    for (const [slot, word] of slots) storage = trieSet(storage, hashKey(slot), encodeWord(word))
    storages.set(address, storage)
  }
  const accounts = new TrieBatch(tree.accounts)
  const changed = new Map<Hex, Account>()
  for (const address of new Set([...changes.accounts.keys(), ...changes.storage.keys()])) {
    const before = readAccount(tree, address)
    const { nonce, balance } = changes.accounts.get(address) ?? before
    const storageRoot = trieRoot(storages.get(address))
    const account = { nonce, balance, storageRoot, codeHash: before.codeHash }
    const encoded = isEmptyAccount(account) ? EMPTY : encodeAccount(account)
    accounts.set(hashKey(address), encoded)
    changed.set(address, account)
  }
  return { tree: { accounts: accounts.trie, storages }, accounts: changed }
}

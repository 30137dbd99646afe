// The whole state after a block: the accounts trie and the storage tries of the accounts that
// have one. Immutable, so every block that is not final yet keeps its own at the cost of what it
// changed.

import { assert } from '../../lib/assert.ts'
import { bytesToBigint } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { asBytes, decodeRlp, encodeRlp, rlpInteger } from '../rlp/rlp.ts'
import { toNibbles } from '../trie/nibbles.ts'
import { type Trie, TrieBatch, trieFind, trieRoot } from '../trie/trie.ts'
import { valueBytes } from '../trie/trie-node.ts'
import { type Account, AccountValue, EMPTY_ACCOUNT, isEmptyAccount } from './account.ts'

export interface StateTree {
  readonly accounts: Trie
  readonly storages: ReadonlyMap<Hex, Trie>
}

export interface AccountChange {
  readonly nonce: number
  readonly balance: bigint
  /** As it was. PERF: whoever changed it has looked it up. */
  readonly before?: Account
}

/** What a block changed; slots with the word 0 are deleted. */
export interface StateChanges {
  readonly accounts: ReadonlyMap<Hex, AccountChange>
  readonly storage: ReadonlyMap<Hex, ReadonlyMap<Hex, bigint>>
}

export const EMPTY_STATE: StateTree = { accounts: undefined, storages: new Map() }

/** PERF: an address is hashed on every read of its account; most addresses come back. */
const PATHS_MAX = 65_536
const paths = new Map<Hex, Uint8Array>()

/** Where a trie keeps an address or a slot. */
function pathOf(key: Hex): Uint8Array {
  let path = paths.get(key)
  if (!path) {
    path = toNibbles(keccak(hexToBytes(key)))
    if (paths.size >= PATHS_MAX) paths.clear()
    paths.set(key, path)
  }
  return path
}

export function stateRoot(tree: StateTree): Hex {
  return trieRoot(tree.accounts)
}

function accountAt(tree: StateTree, path: Uint8Array): Account {
  const value = trieFind(tree.accounts, path)?.value
  if (!value) return EMPTY_ACCOUNT
  assert(value instanceof AccountValue, 'the trie of the accounts holds accounts')
  return value.account
}

export function readAccount(tree: StateTree, address: Hex): Account {
  return accountAt(tree, pathOf(address))
}

export function readStorage(tree: StateTree, address: Hex, slot: Hex): bigint {
  const value = trieFind(tree.storages.get(address), pathOf(slot))?.value
  return value ? bytesToBigint(asBytes(decodeRlp(valueBytes(value)))) : 0n
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
    const storage = new TrieBatch(storages.get(address))
    for (const [slot, word] of slots) {
      storage.setPath(pathOf(slot), word === 0n ? undefined : encodeWord(word))
    }
    storages.set(address, storage.trie)
  }
  const accounts = new TrieBatch(tree.accounts)
  const changed = new Map<Hex, Account>()
  const change = (address: Hex, to: AccountChange | undefined) => {
    const path = pathOf(address)
    const before = to?.before ?? accountAt(tree, path)
    const { nonce, balance } = to ?? before
    const storageRoot = trieRoot(storages.get(address))
    const account = { nonce, balance, storageRoot, codeHash: before.codeHash }
    accounts.setPath(path, isEmptyAccount(account) ? undefined : new AccountValue(account))
    changed.set(address, account)
  }
  for (const [address, to] of changes.accounts) change(address, to)
  for (const address of changes.storage.keys()) {
    if (!changes.accounts.has(address)) change(address, undefined)
  }
  return { tree: { accounts: accounts.trie, storages }, accounts: changed }
}

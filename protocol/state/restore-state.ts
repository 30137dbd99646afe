// The state's tries from its flat rows, as a restarted node has them.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { hashParts } from '../trie/hash-parts.ts'
import { toNibbles } from '../trie/nibbles.ts'
import { EMPTY_ROOT, type Trie, TrieBatch, trieRoot } from '../trie/trie.ts'
import { type Account, AccountValue } from './account.ts'
import { encodeWord, type StateTree } from './state-tree.ts'

export interface StorageRow {
  readonly address: Hex
  readonly slot: Hex
  readonly word: bigint
}

/** Rows between two steps: some tenths of a millisecond. */
const STEP_ROWS = 64

/**
 * Asserts that every account's storage has the root that the account names. Yields the number of
 * rows taken, now and then: a million accounts take half a minute. Then the root is quick, too.
 */
export function* restoreState(
  accounts: Iterable<readonly [Hex, Account]>,
  storage: Iterable<StorageRow>,
): Generator<number, StateTree> {
  let rows = 0
  const batches = new Map<Hex, TrieBatch>()
  for (const { address, slot, word } of storage) {
    const batch = batches.get(address) ?? new TrieBatch(undefined)
    batches.set(address, batch.set(keccak(hexToBytes(slot)), encodeWord(word)))
    if (++rows % STEP_ROWS === 0) yield rows
  }
  const storages = new Map<Hex, Trie>()
  for (const [address, batch] of batches) storages.set(address, batch.trie)
  const trie = new TrieBatch(undefined)
  let withStorage = 0
  for (const [address, account] of accounts) {
    const own = storages.get(address)
    for (const _ of hashParts(own)) yield rows
    const root = trieRoot(own)
    assert(root === account.storageRoot, `the storage of ${address} has another root`)
    if (root !== EMPTY_ROOT) withStorage++
    trie.setPath(toNibbles(keccak(hexToBytes(address))), new AccountValue(account))
    if (++rows % STEP_ROWS === 0) yield rows
  }
  assert(withStorage === storages.size, 'storage without an account')
  const tree = { accounts: trie.trie, storages }
  for (const _ of hashParts(tree.accounts)) yield rows
  return tree
}

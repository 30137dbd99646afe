// The rows of the state against the root in the last block's header.

import { compareBytes } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import { decodeAccount } from '../../protocol/state/account.ts'
import { CHAIN_TABLES } from '../../protocol/state/tables.ts'
import { type Trie, trieRoot, trieSet } from '../../protocol/trie/trie.ts'
import type { Store } from '../../runtime/store.ts'
import { BadRow } from './bad-row.ts'
import { tableRows } from './table-rows.ts'

const { accounts, storage } = CHAIN_TABLES

export interface StateFound {
  readonly accounts: number
  readonly slots: number
}

/** Throws BadRow. `progress` is told of the accounts so far. */
export function verifyState(
  store: Store,
  stateRoot: Hex,
  progress: (accounts: number) => void,
): StateFound {
  const words = tableRows(store, storage)
  let word = words.next()
  let trie: Trie
  let count = 0
  let slots = 0
  for (const [address, row] of tableRows(store, accounts)) {
    let root: Hex
    try {
      root = decodeAccount(row).storageRoot
    } catch (error) {
      if (error instanceof RlpError) throw new BadRow(accounts, address, error.message)
      throw error
    }
    let own: Trie
    for (; !word.done; word = words.next()) {
      const order = compareBytes(word.value[0].subarray(0, 20), address)
      if (order > 0) break
      if (order < 0) throw new BadRow(storage, word.value[0], 'belongs to no account')
      own = trieSet(own, keccak(word.value[0].subarray(20)), word.value[1])
      slots++
    }
    if (trieRoot(own) !== root) throw new BadRow(accounts, address, 'its storage has another root')
    trie = trieSet(trie, keccak(address), row)
    if (++count % 10_000 === 0) progress(count)
  }
  if (!word.done) throw new BadRow(storage, word.value[0], 'belongs to no account')
  const found = trieRoot(trie)
  if (found !== stateRoot) {
    throw new BadRow(
      accounts,
      new Uint8Array(0),
      `all rows have the root ${found}, not ${stateRoot}`,
    )
  }
  return { accounts: count, slots }
}

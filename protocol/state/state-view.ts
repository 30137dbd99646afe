// What execution reads: accounts and storage words, from the tries of a block that is not final
// yet or from the tables of the last final one.

import type { Hex } from '../../lib/hex.ts'
import type { Account } from './account.ts'
import { readAccount, readStorage, type StateTree } from './state-tree.ts'

export interface StateView {
  account(address: Hex): Account
  storage(address: Hex, slot: Hex): bigint
}

export function treeView(tree: StateTree): StateView {
  return {
    account: (address) => readAccount(tree, address),
    storage: (address, slot) => readStorage(tree, address, slot),
  }
}

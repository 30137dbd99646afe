// A restarted node's chain: the last final block, and the state rebuilt from the flat tables and
// checked against that block's state root.

import { assert } from '../../lib/assert.ts'
import { bytesToBigint, concatBytes, u64 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { epochWords } from '../../protocol/epoch/epoch-storage.ts'
import { assertSupply } from '../../protocol/epoch/supply.ts'
import { asBytes, decodeRlp } from '../../protocol/rlp/rlp.ts'
import { type Account, decodeAccount } from '../../protocol/state/account.ts'
import { restoreState, type StorageRow } from '../../protocol/state/restore-state.ts'
import { stateRoot } from '../../protocol/state/state-tree.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import {
  CHAIN_STORE_VERSION,
  CHAIN_TABLES,
  META_FINAL,
  META_GENESIS,
  META_VERSION,
  readHeight,
  readStorageKey,
} from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'
import type { Tip } from './speculation.ts'

const PAGE = 1024

function* rowsOf(store: Store, table: string): Iterable<[Uint8Array, Uint8Array]> {
  let from: Uint8Array | undefined
  for (;;) {
    const page = store.range(table, { ...(from && { from }), limit: PAGE })
    yield* page
    const last = page.at(-1)
    if (page.length < PAGE || !last) return
    from = concatBytes(last[0], Uint8Array.of(0))
  }
}

/** `seen` is told each balance. PERF: the table is read once; a million rows take seconds. */
function* accountsOf(
  store: Store,
  seen: (balance: bigint) => void,
): Iterable<readonly [Hex, Account]> {
  for (const [key, row] of rowsOf(store, CHAIN_TABLES.accounts)) {
    const account = decodeAccount(row)
    seen(account.balance)
    yield [bytesToHex(key), account]
  }
}

function* storageOf(store: Store): Iterable<StorageRow> {
  for (const [key, row] of rowsOf(store, CHAIN_TABLES.storage)) {
    yield { ...readStorageKey(key), word: bytesToBigint(asBytes(decodeRlp(row))) }
  }
}

/**
 * Returns undefined when the store is new. Asserts that it holds this chain, whole. Yields the
 * number of rows read, now and then, so that whoever runs it may do other things in between.
 */
export function* loadChain(store: Store, genesisHash: Hex): Generator<number, Tip | undefined> {
  const final = store.get(CHAIN_TABLES.meta, META_FINAL)
  if (!final) return undefined
  const version = store.get(CHAIN_TABLES.meta, META_VERSION)
  assert(version && readHeight(version) === CHAIN_STORE_VERSION, 'chain store: another version')
  const genesis = store.get(CHAIN_TABLES.meta, META_GENESIS)
  assert(genesis && bytesToHex(genesis) === genesisHash, 'chain store: another genesis')
  const height = readHeight(final)
  const encoded = store.get(CHAIN_TABLES.blocks, u64(height))
  assert(encoded, `chain store: block ${height} is missing`)
  const block = decodeBlock(Uint8Array.from(encoded))
  let balances = 0n
  const accounts = accountsOf(store, (balance) => {
    balances += balance
  })
  const tree = yield* restoreState(accounts, storageOf(store))
  assert(stateRoot(tree) === block.header.stateRoot, 'chain store: the state has another root')
  assertSupply(epochWords(treeView(tree)), [balances])
  return { block, tree }
}

// The state's root against the reference implementation's secure trie, its restart from flat
// rows, and the journal's rollback.

import { createMPT } from '@ethereumjs/mpt'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { runToEnd } from '../../../lib/run-to-end.ts'
import { encodeRlp, rlpInteger } from '../../../protocol/rlp/rlp.ts'
import {
  type Account,
  decodeAccount,
  EMPTY_CODE_HASH,
  encodeAccount,
} from '../../../protocol/state/account.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'
import { restoreState, type StorageRow } from '../../../protocol/state/restore-state.ts'
import {
  applyChanges,
  EMPTY_STATE,
  readAccount,
  readStorage,
  type StateTree,
  stateRoot,
} from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'

const address = (n: number): Hex => `0x${(n + 1).toString(16).padStart(40, '0')}`
const slot = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

const change = fc.record({
  account: fc.nat(7),
  nonce: fc.nat(3),
  balance: fc.bigInt(0n, 2n ** 90n),
  slots: fc.array(fc.tuple(fc.nat(5), fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 256n - 1n))), {
    maxLength: 4,
  }),
})

async function referenceRoot(accounts: Map<Hex, Account>, storage: Map<Hex, Map<Hex, bigint>>) {
  const state = await createMPT({ useKeyHashing: true })
  for (const [name, account] of accounts) {
    const slots = await createMPT({ useKeyHashing: true })
    for (const [key, word] of storage.get(name) ?? []) {
      if (word > 0n) await slots.put(hexToBytes(key), encodeRlp(rlpInteger(word)))
    }
    const storageRoot = bytesToHex(slots.root())
    assert.is(account.storageRoot, storageRoot)
    await state.put(hexToBytes(name), encodeAccount({ ...account, codeHash: EMPTY_CODE_HASH }))
  }
  return bytesToHex(state.root())
}

test('after random blocks the root is the reference’s, and flat rows rebuild it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 4 }),
      async (blocks) => {
        let tree: StateTree = EMPTY_STATE
        const accounts = new Map<Hex, Account>()
        const storage = new Map<Hex, Map<Hex, bigint>>()
        for (const block of blocks) {
          const changes = { accounts: new Map(), storage: new Map<Hex, Map<Hex, bigint>>() }
          for (const { account, nonce, balance, slots } of block) {
            const name = address(account)
            // An account with storage always holds something, as a module does.
            changes.accounts.set(name, { nonce, balance: balance + 1n })
            for (const [n, word] of slots) {
              for (const table of [changes.storage, storage]) {
                const own = table.get(name) ?? new Map<Hex, bigint>()
                table.set(name, own.set(slot(n), word))
              }
            }
          }
          const after = applyChanges(tree, changes)
          tree = after.tree
          for (const [name, account] of after.accounts) accounts.set(name, account)
        }
        assert.is(stateRoot(tree), await referenceRoot(accounts, storage))
        const rows: StorageRow[] = []
        for (const [name, slots] of storage) {
          for (const [key, word] of slots) {
            assert.is(readStorage(tree, name, key), word)
            if (word > 0n) rows.push({ address: name, slot: key, word })
          }
        }
        assert.is(stateRoot(runToEnd(restoreState(accounts, rows))), stateRoot(tree))
      },
    ),
    { numRuns: 40 },
  )
})

test('accounts are encoded as RLP lists of their fields, and read back', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const edges = [
    0n,
    1n,
    127n,
    128n,
    255n,
    256n,
    2n ** 64n - 1n,
    2n ** 64n,
    2n ** 128n,
    2n ** 256n - 1n,
  ]
  const balance = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 2n ** 256n - 1n))
  const nonce = fc.oneof(fc.constantFrom(0, 1, 127, 128, 256), fc.maxSafeNat())
  fc.assert(
    fc.property(nonce, balance, bytes(32), bytes(32), (nonce, balance, root, code) => {
      const account = { nonce, balance, storageRoot: bytesToHex(root), codeHash: bytesToHex(code) }
      const list = encodeRlp([rlpInteger(nonce), rlpInteger(balance), root, code])
      assert.is(bytesToHex(encodeAccount(account)), bytesToHex(list))
      assert.equal(decodeAccount(list), account)
    }),
  )
})

test('a rollback leaves no trace; money that appears is caught', () => {
  const funded = new Map([[address(0), { nonce: 0, balance: 100n }]])
  const { tree } = applyChanges(EMPTY_STATE, { accounts: funded, storage: new Map() })
  const overlay = new Overlay(treeView(tree))
  overlay.transfer(address(0), address(1), 30n)
  const checkpoint = overlay.checkpoint()
  overlay.transfer(address(1), address(2), 30n)
  overlay.save(address(1), slot(1), 5n)
  overlay.raiseNonce(address(0))
  overlay.rollback(checkpoint)
  assert.is(overlay.balance(address(1)), 30n)
  assert.is(overlay.balance(address(2)), 0n)
  assert.is(overlay.load(address(1), slot(1)), 0n)
  assert.is(overlay.nonce(address(0)), 0)
  assert.throws(() => overlay.transfer(address(1), address(2), 31n), /exceeds/)
  assert.throws(() => overlay.transfer(address(1), address(2), -1n), /negative/)
  const after = applyChanges(tree, overlay.changes())
  assert.is(readAccount(after.tree, address(0)).balance, 70n)
  assert.is(readAccount(tree, address(0)).balance, 100n)
  const view = treeView(tree)
  const forged = new Overlay(view) as unknown as { entries: Map<Hex, unknown>; changes(): unknown }
  const before = { nonce: 0, balance: 0n }
  forged.entries.set(address(5), { nonce: 0, balance: 1n, isChanged: true, before })
  assert.throws(() => forged.changes(), /supply/)
})

test.run()

// An account and its storage, proved under the state root of a real block.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { encodeCall } from '../../../protocol/abi/function.ts'
import { DEPOSIT } from '../../../protocol/market/market-abi.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { EMPTY_ACCOUNT } from '../../../protocol/state/account.ts'
import { proveAccount, verifyAccount, verifyWord } from '../../../protocol/state/account-proof.ts'
import { readAccount } from '../../../protocol/state/state-tree.ts'
import { ProofError } from '../../../protocol/trie/trie-proof.ts'
import { build, sign, testGenesis, WALLETS, type Wallet } from '../chain-world.ts'

const [ann] = WALLETS as [Wallet]
const genesis = testGenesis()
const data = encodeCall(DEPOSIT, [])
const deposit = sign(ann, { to: MARKET_ADDRESS, value: 7n, data, gasLimit: 200_000 })
const { block, executed } = build(genesis.block, genesis.tree, [deposit])
const { stateRoot } = block.header

test('what a block changed is proved under its state root', () => {
  const changed = [...(executed.changes.storage.get(MARKET_ADDRESS) ?? [])]
  assert.ok(changed.length > 0)
  const proof = proveAccount(
    executed.tree,
    MARKET_ADDRESS,
    changed.map(([slot]) => slot),
  )
  const market = verifyAccount(stateRoot, MARKET_ADDRESS, proof.accountProof)
  assert.equal(market, readAccount(executed.tree, MARKET_ADDRESS))
  for (const [i, [slot, word]] of changed.entries()) {
    const shown = proof.storage[i]
    assert.ok(shown)
    assert.is(verifyWord(market.storageRoot, slot, shown.proof), word)
    assert.is(shown.word, word)
    // Under the state before, or for another slot, the same nodes prove nothing.
    const before = readAccount(genesis.tree, MARKET_ADDRESS).storageRoot
    const refused = (error: unknown) => error instanceof ProofError
    assert.throws(() => verifyWord(before, slot, shown.proof), refused)
  }
  const { accountProof } = proveAccount(executed.tree, ann.address, [])
  const refused = (error: unknown) => error instanceof ProofError
  assert.throws(
    () => verifyAccount(genesis.block.header.stateRoot, ann.address, accountProof),
    refused,
  )
})

test('an account and a word that are not there are proved not to be', () => {
  const nobody: Hex = `0x${'77'.repeat(20)}`
  const slot: Hex = `0x${'99'.repeat(32)}`
  const absent = proveAccount(executed.tree, nobody, [slot])
  assert.equal(verifyAccount(stateRoot, nobody, absent.accountProof), EMPTY_ACCOUNT)
  const none = absent.storage[0]
  assert.is(verifyWord(EMPTY_ACCOUNT.storageRoot, slot, none?.proof ?? []), 0n)
  const { account, storage } = proveAccount(executed.tree, MARKET_ADDRESS, [slot])
  assert.is(verifyWord(account.storageRoot, slot, storage[0]?.proof ?? []), 0n)
})

test.run()

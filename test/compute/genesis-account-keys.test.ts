// Keys of the genesis accounts are those of the key book, and a cohort's total is their sum.

import blst from '@chainsafe/blst'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GenesisAccountKeys } from '../../compute/crypto/genesis-account-keys.ts'
import { GENESIS_KEYS_SEED } from '../../compute/crypto/genesis-keys.ts'
import { KeyBook, keyBookPublicKeys } from '../../compute/crypto/key-book.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'

const NOBODY = { keyOf: () => undefined, spendKeyOf: () => undefined }

test('keys come cohort by cohort, and a total without adding them up', () => {
  const accounts = COHORT_SIZE + 5
  const book = new KeyBook(GENESIS_KEYS_SEED, keyBookPublicKeys(GENESIS_KEYS_SEED, accounts))
  const keys = new GenesisAccountKeys(accounts, NOBODY)
  for (const index of [0, 1, COHORT_SIZE - 1, COHORT_SIZE, accounts - 1]) {
    assert.equal(keys.keyOf(index), book.keyOf(index), `account ${index}`)
    assert.equal(keys.spendKeyOf(index), book.spendKeyOf(index), `account ${index}`)
  }
  assert.is(keys.keyOf(accounts), undefined)
  assert.is(keys.totalOf(1), undefined, 'not all of the second cohort are there')
  const parts = Array.from({ length: COHORT_SIZE }, (_, i) => book.keyOf(i) as Uint8Array)
  const sum = blst.aggregateSerializedPublicKeys(parts, true).toBytes(false)
  assert.equal(keys.totalOf(0), Uint8Array.from(sum))
})

test.run()

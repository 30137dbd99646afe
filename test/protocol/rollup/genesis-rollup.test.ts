// How the rollup begins: the root that a genesis states is that of the accounts it names, and their
// money is wei on the module's account.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { epochWords } from '../../../protocol/epoch/epoch-storage.ts'
import { loadSupply } from '../../../protocol/epoch/supply.ts'
import { makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { GenesisError } from '../../../protocol/genesis/genesis-fields.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import { ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { genesisSlots } from '../../../protocol/rollup/genesis-locks.ts'
import { genesisShard } from '../../../protocol/rollup/genesis-rollup.ts'
import { shardOf, slotOf } from '../../../protocol/rollup/layout.ts'
import {
  inboxMessages,
  rollupAccount,
  rollupConfigAfter,
  rollupHeadAfter,
} from '../../../protocol/rollup/rollup-head.ts'
import { readAccount } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { genesisJson, wallet } from '../chain-world.ts'
import { genesisState } from './rollup-world.ts'

const OWNER = wallet(3).address
const count = fc.oneof(fc.nat({ max: 3 * 4096 }), fc.constantFrom(4096, 4097, 8192, 8193))

test('every account of a genesis has its slot: the first ones of its shard', () => {
  fc.assert(
    fc.property(count, fc.integer({ min: 1, max: 5 }), (accounts, shards) => {
      const config = { shards, accounts, locks: 0, balance: 1n, owner: OWNER }
      const slots = Array.from({ length: shards }, (_, shard) => genesisSlots(config, shard))
      assert.is(
        slots.reduce((sum, one) => sum + one, 0),
        accounts,
      )
      const last = accounts - 1
      if (last >= 0) assert.is(slotOf(last, shards), (slots[shardOf(last, shards)] as number) - 1)
    }),
  )
})

test('the stated root is that of a table with these accounts', () => {
  const cases = fc.tuple(count, fc.integer({ min: 1, max: 4 }), fc.bigInt(0n, 2n ** 40n))
  fc.assert(
    fc.property(cases, ([accounts, shards, balance]) => {
      const config = { shards, accounts, locks: 0, balance, owner: OWNER }
      for (let shard = 0; shard < shards; shard++) {
        const { root } = genesisShard(config, shard)
        assert.is(root, genesisState(config, shard).root(hashPairsNoble))
      }
    }),
    {
      numRuns: 12,
      examples: [[[0, 1, 7n]], [[1, 1, 7n]], [[4096, 1, 7n]], [[8192, 1, 1n << 33n]]],
    },
  )
})

const withRollup = (rollup: unknown) =>
  makeGenesis(readGenesis({ ...genesisJson(), params: { rollup } }, blsNoble))

test('the accounts’ money is minted to the module, and the state says what there is', () => {
  const plain = makeGenesis(readGenesis(genesisJson(), blsNoble))
  const rollup = { shards: 2, accounts: 5000, balance: '3000000000', owner: OWNER }
  const genesis = withRollup(rollup)
  const wei = 5000n * 3_000_000_000n
  const view = treeView(genesis.tree)
  assert.is(readAccount(genesis.tree, ROLLUP_ADDRESS).balance, wei)
  const supplies = [plain, genesis].map(({ tree }) => loadSupply(epochWords(treeView(tree))).total)
  assert.is((supplies[1] as bigint) - (supplies[0] as bigint), wei)
  const heads = [0, 1].map((shard) => rollupHeadAfter(view, shard, genesis.block.hash))
  assert.equal(
    heads.map(({ supply }) => supply),
    [3n * 4096n, 3n * 904n],
  )
  const [head] = heads
  assert.equal([head?.number, head?.rootNumber, head?.frozen], [0, 0, false])
  assert.is(head?.root, genesisShard(rollupConfigAfter(view), 0).root)
  assert.is.not(heads[0]?.hash, heads[1]?.hash)
  assert.equal(rollupAccount(view, 4999), { owner: OWNER, keys: undefined })
  assert.is(rollupAccount(view, 5000), undefined)
  assert.equal(inboxMessages(view, 0, 0, 0), [])
  assert.is(inboxMessages(view, 0, 0, 1), undefined)
})

test('what a genesis file says of the rollup is read strictly', () => {
  const bad = [
    { shards: 0 },
    { shards: 65 },
    { accounts: 10 },
    { accounts: 2 ** 24, owner: OWNER },
    { accounts: 1, balance: '1', owner: OWNER },
    { accounts: 2, balance: `${2n ** 61n}000000000`, owner: OWNER },
    { accounts: 1, balance: 1000000000, owner: OWNER },
    { accounts: 1, owner: '0x12' },
    { units: 1 },
  ]
  for (const rollup of bad)
    assert.throws(
      () => withRollup(rollup),
      (error: unknown) => error instanceof GenesisError,
    )
})

test.run()

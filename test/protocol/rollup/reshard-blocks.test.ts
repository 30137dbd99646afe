// In real blocks: what governance wants is planned at the end of an epoch, shards close before the
// end of the next one, and its last block changes their number; proposer and validators agree.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { GOVERNANCE_ADDRESS } from '../../../protocol/params.ts'
import { owedUnits } from '../../../protocol/rollup/rollup-money.ts'
import { loadNumbering, rollupWords } from '../../../protocol/rollup/rollup-storage.ts'
import { isClosing, loadChange, WANTED_SLOT } from '../../../protocol/rollup/shard-change.ts'
import { loadShard } from '../../../protocol/rollup/shard-record.ts'
import { Overlay } from '../../../protocol/state/overlay.ts'
import { applyChanges } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { WALLETS } from '../chain-world.ts'
import { EpochWorld, specOf } from '../epoch/epoch-world.ts'

const [ann] = WALLETS as [(typeof WALLETS)[number]]
const ROLLUP = { shards: 2, accounts: 20, locks: 0, balance: 1000n, owner: ann.address }

/** A word that no proposal can write yet. */
function want(world: EpochWorld, shards: number): void {
  const overlay = new Overlay(treeView(world.tree))
  overlay.save(GOVERNANCE_ADDRESS, WANTED_SLOT, BigInt(shards + 1))
  world.tree = applyChanges(world.tree, overlay.changes()).tree
}

test('the number of shards changes in the last block of the epoch after the next', () => {
  const params = {
    ...GENESIS_PARAMS_DEFAULT,
    epochBlocks: [6, 6, 6] as const,
    modePolicy: 1 as const,
  }
  const world = new EpochWorld(specOf({ params: { ...params, rollup: ROLLUP } }))
  const words = () => rollupWords(treeView(world.tree))
  const seen: string[] = []
  want(world, 4)
  for (let block = 0; block < 19; block++) {
    world.step({})
    const { shards, generation } = loadNumbering(words())
    const planned = loadChange(words())?.epoch ?? '-'
    seen.push(`${world.rules.epoch} ${shards} ${generation} ${planned} ${isClosing(words())}`)
  }
  const turns = seen.filter((one, i) => one !== seen[i - 1])
  assert.equal(turns, [
    '0 2 0 - false',
    '1 2 0 2 false',
    '1 2 0 2 true',
    '2 4 1 - false',
    '3 4 1 - false',
  ])
  assert.is(owedUnits(words()), 20_000n)
  for (let shard = 0; shard < 4; shard++) assert.is(loadShard(words(), shard).number, 1)
})

test.run()

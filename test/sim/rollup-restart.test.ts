// A shard that starts from its checkpoint stands where one stands that executes all batches again;
// old batches are deleted, and who needs them is told (rollup-sync.test.ts goes on from there).

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readCheckpoint, readPruned } from '../../actors/shard/checkpoint-rows.ts'
import { rowsAt, SHARD_TABLES } from '../../actors/shard/shard-rows.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import type { World } from '../../runtime/sim/world.ts'
import type { Store } from '../../runtime/store.ts'
import { type RollupOptions, startRollup } from './rollup/rollup-cluster.ts'

interface Loaded {
  readonly number: number
  readonly root: string
}

const HONEST = { habits: ['honest', 'honest', 'honest', 'honest'] } as const

/** A world that has run for a while and whose senders are gone; and what v1 says when it starts. */
function quietWorld(seed: string, keeping: RollupOptions['keeping']) {
  const loads: Loaded[] = []
  const { world } = startRollup(seed, NO_FAULTS, {
    ...HONEST,
    ...(keeping && { keeping }),
    onLog: ({ host, event, fields }) => {
      if (host === 'v1' && event === 'shard-loaded') loads.push(fields as unknown as Loaded)
    },
  })
  world.runFor(6000)
  world.crash('senders')
  world.runFor(2000)
  const again = (ms = 1500): Loaded | undefined => {
    loads.length = 0
    world.crash('v1')
    world.start('v1')
    world.runFor(ms)
    return loads.at(-1)
  }
  return { world, again }
}

function storeOf(world: World, node: string): Store {
  const platter = world.platter(node, 'shards')
  const { get, range } = {
    get: (table: string, key: Uint8Array) => platter.table(table).get(key),
    range: (table: string, options: Parameters<Store['range']>[1]) =>
      platter.table(table).range(options),
  }
  return { get, range } as Store
}

const restored = (world: World) => world.marks.get('shard-restored') ?? 0

test('from the checkpoint, from the genesis and with a page lost: the same batch and root', () => {
  const { world, again } = quietWorld('restart', undefined)
  const saved = readCheckpoint(storeOf(world, 'v1'), 0)
  assert.ok(saved && saved.number > 10, `a checkpoint of batch ${saved?.number}`)
  const first = again()
  assert.ok(first && first.number >= saved.number)
  assert.is(restored(world), 1)
  const { tables } = world.platter('v1', 'shards')
  const pages = tables.get(SHARD_TABLES.pages)
  tables.delete(SHARD_TABLES.pages)
  assert.equal({ ...again(), ms: 0 }, { ...first, ms: 0 })
  assert.is(restored(world), 1, 'a checkpoint without its pages is none')
  tables.delete(SHARD_TABLES.meta)
  assert.equal({ ...again(), ms: 0 }, { ...first, ms: 0 })
  assert.is(restored(world), 1)
  assert.ok(pages)
  world.platter('v1', 'shards').wipe()
  assert.equal({ ...again(15_000), ms: 0 }, { ...first, ms: 0 }, 'all of them from its peers')
})

test('old batches go, the start does not need them, and who lacks them is told', () => {
  const { world, again } = quietWorld('pruned', { batches: 6, batchesMin: 6 })
  const store = storeOf(world, 'v1')
  const gone = readPruned(store, 0).number
  const saved = readCheckpoint(store, 0)?.number ?? 0
  assert.ok(gone > 10 && gone <= saved, `${gone} gone, checkpoint of ${saved}`)
  for (let number = 1; number <= gone; number++) assert.is([...rowsAt(store, 0, number)].length, 0)
  assert.ok([...rowsAt(store, 0, gone + 1)].length > 0)
  const loaded = again()
  assert.ok(loaded && loaded.number >= saved)
  assert.is(restored(world), 1)
  world.platter('v1', 'shards').wipe()
  again()
  assert.ok((world.marks.get('shard-sync') ?? 0) > 0, 'it needs the state of a peer')
})

test.run()

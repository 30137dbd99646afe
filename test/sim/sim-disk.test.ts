// The simulated disk: the conformance suite of all stores, and what a crash, a full disk, a torn
// batch and rot may do to it.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../lib/hex.ts'
import { prng } from '../../lib/prng.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { Platter } from '../../runtime/sim/platter.ts'
import { SimDisk } from '../../runtime/sim/sim-disk.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'
import { TraceHash } from '../../runtime/sim/trace-hash.ts'
import { type Put, StoreCorrupt } from '../../runtime/store.ts'
import { storeTests } from '../conformance/store.ts'

function newDisk(seed = 'disk') {
  const random = prng(seed)
  const timeline = new Timeline(random)
  const platter = new Platter()
  const life = { alive: true }
  const disk = new SimDisk({
    platter,
    timeline,
    random,
    faults: () => NO_FAULTS.disk,
    alive: () => life.alive,
    trace: new TraceHash(),
  })
  return { disk, platter, timeline, life, random }
}

const timelines = new Map<object, Timeline>()

storeTests(test, {
  make() {
    const { disk, timeline } = newDisk()
    timelines.set(disk, timeline)
    return disk
  },
  dispose: (disk) => void timelines.delete(disk),
  settle() {
    for (const timeline of timelines.values()) timeline.runFor(60_000)
  },
})

/** Rows of a batch all carry its number, so that half of one shows. */
const batchOf = (n: number, rows: number): Put[] =>
  Array.from({ length: rows }, (_, i) => ({
    table: i % 2 ? 'odd' : 'even',
    key: Uint8Array.of(i),
    value: new Uint8Array(3).fill(n),
  }))

test('after a crash the disk holds a prefix of the batches, with all that were answered', () => {
  let torn = 0
  const plan = fc.record({
    seed: fc.nat(),
    rows: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
    crashAtMs: fc.double({ min: 0, max: 8, noNaN: true }),
  })
  fc.assert(
    fc.property(plan, ({ seed, rows, crashAtMs }) => {
      const { disk, platter, timeline, life, random } = newDisk(`crash/${seed}`)
      let answered = 0
      for (const [i, count] of rows.entries()) {
        disk.commit(batchOf(i + 1, count), (error) => {
          assert.is(error, undefined)
          answered = i + 1
        })
      }
      timeline.runFor(crashAtMs)
      life.alive = false
      if (platter.crash(random)) torn++
      timeline.runFor(1000)
      const held = ['even', 'odd'].flatMap((table) =>
        platter
          .table(table)
          .range({ limit: 99 })
          .map(([key, value]) => [key[0], value[0]]),
      )
      const models = [0, ...rows.keys()].map((_, n) => {
        const model = new Map<number, number>()
        for (const [i, count] of rows.slice(0, n).entries()) {
          for (let row = 0; row < count; row++) model.set(row, i + 1)
        }
        return model
      })
      const at = models.findIndex(
        (model, n) =>
          n >= answered &&
          model.size === held.length &&
          held.every(([key, value]) => model.get(key as number) === value),
      )
      assert.ok(at >= 0, `${answered} answered, holds ${JSON.stringify(held)}`)
    }),
    { numRuns: 300 },
  )
  assert.ok(torn > 10, `only ${torn} torn batches`)
})

test('a disk that is full refuses, and takes again when it has room', () => {
  const { disk, platter, timeline } = newDisk()
  const errors: (string | undefined)[] = []
  platter.fullUntil = 10
  disk.commit(batchOf(1, 2), (error) => errors.push(error?.message))
  timeline.runFor(20)
  disk.commit(batchOf(2, 1), (error) => errors.push(error?.message))
  timeline.runFor(20)
  assert.match(errors[0] ?? '', /no space left/)
  assert.is(errors[1], undefined)
  assert.is(platter.table('odd').size, 0)
})

test('a rotten row is never read: it throws, and writing it again repairs it', () => {
  const { disk, platter, timeline, random } = newDisk()
  disk.commit(batchOf(7, 1), () => {})
  timeline.runFor(20)
  platter.rot(random)
  assert.throws(
    () => disk.get('even', Uint8Array.of(0)),
    (error: unknown) => error instanceof StoreCorrupt,
  )
  assert.throws(() => disk.range('even', { limit: 1 }))
  disk.commit(batchOf(8, 1), () => {})
  timeline.runFor(20)
  assert.is(bytesToHex(disk.get('even', Uint8Array.of(0)) as Uint8Array), '0x080808')
})

test.run()

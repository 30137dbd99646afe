// What a sequencer took in and cannot make a batch of, because its turn has passed, is given back
// to whoever sent it; not at once, since turns come back, and not by one whose turn it is.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TRANSFER_REFUSALS } from '../../../actors/messages/rollup-sequencer.ts'
import { BatchMaker } from '../../../actors/rollup-sequencer/batch-maker.ts'
import { Groups } from '../../../actors/rollup-sequencer/groups.ts'
import { Pending } from '../../../actors/rollup-sequencer/pending.ts'
import type { Turn } from '../../../actors/rollup-sequencer/turn.ts'
import { FAILOVER_MS } from '../../../protocol/params.ts'
import type { Context } from '../../../runtime/context.ts'
import { submitted } from './submitted.ts'

const BEGIN = 100
const SUPERSEDED = TRANSFER_REFUSALS.indexOf('SUPERSEDED')

/** Two groups have submitted; `isOurs` may be changed. */
function world() {
  const at = { now: BEGIN, isOurs: false }
  let asked = 0
  const ctx = {
    now: () => at.now,
    wallTime: () => at.now,
    reached: () => {},
    buggify: () => false,
    ask: () => asked++,
    after: () => {},
    metrics: { histogram: () => ({ record: () => {} }) },
  } as unknown as Context
  const turn = { isOurs: () => at.isOurs, patienceMs: () => 0 } as unknown as Turn
  const [groups, pending] = [new Groups(), new Pending()]
  const told: number[][] = []
  for (const group of [1, 2]) {
    groups.next(group, 0, BEGIN, (events) => {
      for (const { dropped } of events) {
        if (dropped)
          told.push([group, ...new Uint32Array(Uint8Array.from(dropped.transfers).buffer)])
      }
    })
    pending.add(submitted(group, 10 * group), BEGIN, [])
  }
  const maker = new BatchMaker(ctx, { node: 'a', shard: 0, fee: 0 }, pending, groups, turn)
  return { at, maker, pending, told, asked: () => asked }
}

const ALL = [0, 1, 2, 3].flatMap((offset) => [1, offset, SUPERSEDED])

test('a turn that does not come back gives back what waits, and its senders may go elsewhere', () => {
  const { at, maker, pending, told, asked } = world()
  maker.look()
  at.now += FAILOVER_MS - 1
  maker.look()
  assert.equal([pending.size, told], [8, []], 'a turn may come back')
  at.now++
  maker.look()
  assert.is(pending.size, 0)
  assert.equal(told.sort(), [
    [1, ...ALL],
    [2, ...ALL],
  ])
  assert.equal(
    [10, 13, 20, 23].map((sender) => pending.isBusy(sender)),
    [false, false, false, false],
  )
  assert.is(asked(), 0)
})

test('a turn that is gone for a moment gives nothing back, however old it is', () => {
  const { at, maker, pending, told, asked } = world()
  at.now += 10 * FAILOVER_MS
  maker.look()
  assert.equal([pending.size, told], [8, []])
  at.isOurs = true
  maker.look()
  assert.equal([pending.size, told, asked()], [0, [], 1])
})

test('whose turn it is makes a batch of it, however old it is', () => {
  const { at, maker, pending, told, asked } = world()
  at.now += 10 * FAILOVER_MS
  at.isOurs = true
  maker.look()
  assert.equal([pending.size, told, asked()], [0, [], 1])
})

test.run()

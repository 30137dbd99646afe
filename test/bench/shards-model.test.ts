// The model of the shards' bench: finds again what points were made of, and shows where they were
// not.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type CostModel,
  type CostPoint,
  costAt,
  type ModelBase,
  modelOf,
  rateFor,
} from '../../bench/scenarios/shards/cost-model.ts'

function pointsOf(model: CostModel): ModelBase {
  const at = (perSecond: number, blocks: number, shards: number, far: number): CostPoint => {
    const point = { perSecond, blocks, batches: blocks * shards, shards, far }
    return { ...point, cost: costAt(model, point) }
  }
  return [at(25_000, 9, 1, 0), at(100_000, 6, 1, 0), at(100_000, 4, 4, 0), at(100_000, 5, 2, 0.5)]
}

const isNear = (a: number, b: number, within: number) => Math.abs(a - b) <= within

test('terms that made the points are found again, and other points follow', () => {
  const term = (max: number) => fc.double({ min: 0, max, noNaN: true })
  fc.assert(
    fc.property(term(1e5), term(1e5), term(5), term(5), (block, batch, each, eachFar) => {
      const made = { block, batch, each, eachFar }
      const found = modelOf(pointsOf(made))
      assert.ok(isNear(found.block, block, 1e-3) && isNear(found.batch, batch, 1e-3))
      const other = { perSecond: 100_000, blocks: 3, batches: 12, far: 0.1 }
      assert.ok(isNear(costAt(found, other), costAt(made, other), 1e-6))
    }),
  )
})

test('batches that cost more the more of them there are do not follow', () => {
  const [slow, one, many, far] = pointsOf({ block: 10_000, batch: 10_000, each: 1, eachFar: 1 })
  const model = modelOf([slow, one, { ...many, cost: 3 * many.cost }, far])
  const two = { perSecond: 100_000, blocks: 5, batches: 10, far: 0 }
  assert.ok(
    costAt(model, two) > 1.15 * costAt({ block: 10_000, batch: 10_000, each: 1, eachFar: 1 }, two),
  )
})

test('a budget is spent on blocks and batches first', () => {
  const model = { block: 10_000, batch: 1_000, each: 1, eachFar: 1 }
  const second = { blocks: 10, batches: 640, far: 0 }
  assert.is(rateFor(model, 1_000_000, second), 260_000)
  assert.is(rateFor(model, 1_000_000, { ...second, far: 1 }), 130_000)
  assert.is(rateFor(model, 700_000, second), 0)
  const [slow, one, , far] = pointsOf(model)
  assert.throws(() => modelOf([slow, one, one, far]), /do not make a model/)
})

test.run()

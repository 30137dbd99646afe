// The model of the shards' bench: finds again what points were made of, and shows where they were
// not.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type CostModel,
  type CostPoint,
  costAt,
  modelOf,
  rateFor,
} from '../../bench/scenarios/shards/cost-model.ts'

function pointsOf(model: CostModel) {
  const at = (perSecond: number, shards: number, far: number): CostPoint => {
    const place = { perSecond, shards, far }
    return { ...place, cost: costAt(model, place) }
  }
  return {
    slow: at(25_000, 1, 0),
    one: at(100_000, 1, 0),
    many: at(100_000, 4, 0),
    far: at(100_000, 2, 0.5),
  }
}

const isNear = (a: number, b: number, within: number) => Math.abs(a - b) <= within

test('terms that made the points are found again, and the other points follow', () => {
  const term = (max: number) => fc.double({ min: 0, max, noNaN: true })
  fc.assert(
    fc.property(term(1e6), term(1e5), term(5), term(5), (fixed, perShard, each, eachFar) => {
      const made = { fixed, perShard, each, eachFar }
      const found = modelOf(pointsOf(made))
      assert.ok(isNear(found.fixed, fixed, 1e-3) && isNear(found.perShard, perShard, 1e-3))
      const other = { perSecond: 100_000, shards: 4, far: 0.1 }
      assert.ok(isNear(costAt(found, other), costAt(made, other), 1e-6))
    }),
  )
})

test('shards that cost more the more of them there are do not follow', () => {
  const points = pointsOf({ fixed: 100_000, perShard: 10_000, each: 1, eachFar: 1 })
  const model = modelOf({ ...points, many: { ...points.many, cost: 3 * points.many.cost } })
  const two = { perSecond: 100_000, shards: 2, far: 0 }
  assert.ok(costAt(model, two) > 1.15 * (1 + (100_000 + 20_000) / 100_000))
})

test('a budget is spent on what is fixed first', () => {
  const model = { fixed: 100_000, perShard: 10_000, each: 1, eachFar: 1 }
  assert.is(rateFor(model, 1_000_000, 64, 0), 260_000)
  assert.is(rateFor(model, 1_000_000, 64, 1), 130_000)
  assert.is(rateFor(model, 700_000, 64, 0), 0)
  const points = pointsOf(model)
  assert.throws(() => modelOf({ ...points, many: points.one }), /do not make a model/)
})

test.run()

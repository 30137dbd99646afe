// Which rows a filter lets through, and in which order they come.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { actorFilter, actorOrder } from '../../../apps/inspector/query/actor-query.ts'
import { globTest } from '../../../apps/inspector/query/row-filter.ts'
import { topRows } from '../../../apps/inspector/query/top-rows.ts'
import type { ActorView } from '../../../apps/inspector/snapshot.ts'
import { actor } from './recorded.ts'

const matching = (filter: string, rows: ActorView[]) => {
  const made = actorFilter(filter)
  if (!made.ok) throw new Error(made.problem)
  return rows.filter(made.matches).map((row) => row.id)
}

const ROWS = [
  actor('validator/node0', { host: 'node0/chain', depth: 120, restarts: 2 }),
  actor('validator/node1', { host: 'node1/chain', depth: 5 }),
  actor('mempool/node0', { host: 'node0/chain', depth: 5, p99Us: 5000, state: 'paused' }),
  actor('scheduler/main', { host: 'node1/market', depth: 0, lastError: 'out of paper' }),
]

test('a word is looked for in host and id, a glob must fit the whole', () => {
  assert.equal(matching('', ROWS).length, 4)
  assert.equal(matching('valid', ROWS), ['validator/node0', 'validator/node1'])
  assert.equal(matching('*/validator/node0', ROWS), ['validator/node0'])
  assert.equal(matching('validator/*0', ROWS), ['validator/node0'])
  assert.equal(matching('*valid', ROWS), [])
  assert.equal(matching('NODE1', ROWS), ['validator/node1', 'scheduler/main'])
})

test('fields and figures, all of which must match', () => {
  assert.equal(matching('kind:mem*', ROWS), ['mempool/node0'])
  assert.equal(matching('kind:validator node:node1', ROWS), ['validator/node1'])
  assert.equal(matching('host:node1/mar', ROWS), ['scheduler/main'])
  assert.equal(matching('state:paused', ROWS), ['mempool/node0'])
  assert.equal(matching('mb>100', ROWS), ['validator/node0'])
  assert.equal(matching('mb>=5 mb<=5', ROWS), ['validator/node1', 'mempool/node0'])
  assert.equal(matching('p99>4.9', ROWS), ['mempool/node0'])
  assert.equal(matching('rst=2', ROWS), ['validator/node0'])
  assert.equal(matching('error:paper', ROWS), ['scheduler/main'])
})

test('what a filter cannot mean is said', () => {
  for (const [filter, problem] of [
    ['size>4', /no number is called size: mb, /],
    ['mb>many', /mb> wants a number/],
    ['colour:red', /no field is called colour: id, kind/],
    ['a'.repeat(201), /too long/],
  ] as const) {
    const made = actorFilter(filter)
    assert.is(made.ok, false)
    if (!made.ok) assert.match(made.problem, problem)
  }
})

test('a glob means what its regular expression means', () => {
  const piece = fc.constantFrom('a', 'b', '/', '*', '?', '.')
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.constantFrom('a', 'b', '/', '.')), (g, t) => {
      const glob = g.join('')
      if (!/[*?]/.test(glob)) return
      const source = glob.replaceAll('.', '\\.').replace(/\*+/g, '.*').replaceAll('?', '.')
      assert.is(globTest(glob)(t.join('')), new RegExp(`^${source}$`).test(t.join('')))
    }),
  )
})

test('orders: figures from the greatest, texts from A, ties by id, unknown values last', () => {
  const by = (sort: string) => [...ROWS].sort(actorOrder(sort)).map((row) => row.id)
  assert.equal(by('depth'), [
    'validator/node0',
    'mempool/node0',
    'validator/node1',
    'scheduler/main',
  ])
  assert.is(by('-depth')[0], 'scheduler/main')
  assert.is(by('id')[0], 'mempool/node0')
  assert.is(by('-id')[0], 'validator/node1')
  assert.is(by('p99Us')[0], 'mempool/node0')
  assert.is(by('-p99Us')[0], 'mempool/node0')
  assert.is(actorOrder('nothing'), undefined)
  assert.is(actorOrder('constructor'), undefined)
})

test('the top of an order is the beginning of the sorted rows', () => {
  const rows = fc.array(fc.record({ n: fc.nat({ max: 9 }), id: fc.nat() }), { maxLength: 40 })
  fc.assert(
    fc.property(rows, fc.nat({ max: 45 }), (list, limit) => {
      const compare = (a: { n: number }, b: { n: number }) => b.n - a.n
      assert.equal(topRows(list, limit, compare), [...list].sort(compare).slice(0, limit))
    }),
  )
})

test.run()

// The table that the switch reads: faults lie over the wires, each pair and each way alone.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { linkTable, sideRules } from './link-table.ts'

const NAMES = ['node0', 'node1', 'node2']
const every = { from: NAMES, to: NAMES }

const lineOf = (table: string, pair: string) =>
  table.split('\n').find((line) => line.startsWith(`${pair} `))

test('what goes out of a side is cut, what comes in is not, and inside nothing changes', () => {
  const table = linkTable(NAMES, sideRules(NAMES, ['node0', 'node1'], 'out', { cut: true }))
  assert.is(lineOf(table, '0 2'), '0 2 0 0 0 0 1')
  assert.is(lineOf(table, '1 2'), '1 2 0 0 0 0 1')
  assert.is(lineOf(table, '2 0'), '2 0 0 0 0 0 0')
  assert.is(lineOf(table, '0 1'), '0 1 0 0 0 0 0')
})

test('the longer delay and the narrower band count, losses add up', () => {
  const table = linkTable(NAMES, [
    { ...every, delay: 25, loss: 0.5, bandwidth: 1000 },
    { from: ['node0'], to: ['node1'], delay: 5, jitter: 2, loss: 0.5, bandwidth: 500 },
  ])
  assert.is(lineOf(table, '0 1'), '0 1 25000 2000 750000 500 0')
  assert.is(lineOf(table, '1 0'), '1 0 25000 0 500000 1000 0')
})

test.run()

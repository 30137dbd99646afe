// The waterfall of a trace: a tree on the left, bars to scale on the right, within the columns.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type WaterfallSpan, waterfall } from '../../../apps/cli/screen/waterfall.ts'

function span(
  id: string,
  parent: string | null,
  name: string,
  start: number,
  ms: number,
): WaterfallSpan {
  return { span: id, parent, name, actor: 'scheduler/main', node: 'market', start_ms: start, ms }
}

const SPANS = [
  span('c', 'b', 'Assign', 1050, 10),
  span('a', null, 'POST /api/v1/jobs', 1000, 50),
  span('b', 'a', 'Submit', 1010, 90),
  span('d', 'lost', 'an orphan', 1099, 1),
]

test('children come under their parents, in the order of time', () => {
  const lines = waterfall(SPANS, 100)
  const names = lines.slice(1).map((line) => line.split(/ +scheduler/)[0])
  assert.equal(names, ['POST /api/v1/jobs', '  Submit', '    Assign', 'an orphan'])
})

test('bars begin and end to scale', () => {
  const lines = waterfall(SPANS, 120)
  const barOf = (line: string | undefined) => /[█▏]+$/.exec(line ?? '')?.[0] ?? ''
  const [, first, second, third] = lines
  const width = (second as string).length - barOf(second).length
  const firstAt = (first as string).length - barOf(first).length
  assert.ok(width > firstAt, 'Submit begins after its caller')
  assert.ok(barOf(second).length > barOf(first).length)
  assert.ok(barOf(third).length < barOf(first).length)
})

test('no line is longer than the terminal, however narrow it is', () => {
  for (const columns of [20, 40, 80, 200]) {
    for (const line of waterfall(SPANS, columns)) assert.ok(line.length <= columns, `${columns}`)
  }
  assert.equal(waterfall([], 80), [])
})

test('many like steps are one line', () => {
  const many = Array.from({ length: 50 }, (_, i) => span(`s${i}`, 'a', 'Chunk', 1000 + i, 1))
  const lines = waterfall([...SPANS, ...many], 100)
  assert.is(lines.filter((line) => line.includes('Chunk')).length, 1)
  assert.ok(lines.some((line) => line.includes('Chunk ×50')))
})

test('a loop of parents neither hangs nor hides the rest', () => {
  const lines = waterfall([span('x', 'y', 'one', 0, 1), span('y', 'x', 'two', 0, 1), ...SPANS], 80)
  assert.ok(lines.some((line) => line.startsWith('POST')))
})

test.run()

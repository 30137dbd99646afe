// The text of /metrics, read back by a strict reader written from the specification; and the reader
// itself must refuse what the specification forbids.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Family, openMetrics } from '../../../apps/node/admin/open-metrics.ts'
import { readOpenMetrics } from '../../kit/read-open-metrics.ts'

const FAMILIES: Family[] = [
  {
    name: 'aitbc_build',
    help: 'Version.',
    type: 'info',
    samples: [{ labels: { version: '1' }, value: 1 }],
  },
  {
    name: 'aitbc_dead_letters',
    help: 'Lost messages, "by" reason\\cause.\nSecond line.',
    type: 'counter',
    samples: [{ labels: { host: 'a"b\\c\nd', reason: 'expired' }, value: 3 }],
  },
  {
    name: 'aitbc_handling_seconds',
    help: 'Time.',
    unit: 'seconds',
    type: 'histogram',
    samples: [
      { labels: { kind: 'x' }, bounds: [0.5, 1, 2e-7 + 2], counts: [1, 0, 2, 4], sum: 9.5 },
    ],
  },
  { name: 'aitbc_none', help: 'No sample yet.', type: 'gauge', samples: [] },
]

test('what is written is read back', () => {
  const read = readOpenMetrics(openMetrics(FAMILIES))
  const [letter] = read.get('aitbc_dead_letters')?.samples ?? []
  assert.equal(letter, {
    name: 'aitbc_dead_letters_total',
    labels: { host: 'a"b\\c\nd', reason: 'expired' },
    value: 3,
  })
  const histogram = read.get('aitbc_handling_seconds')
  assert.is(histogram?.unit, 'seconds')
  const values = histogram?.samples.map(({ labels, value }) => [labels.le ?? '', value])
  assert.equal(values, [
    ['0.5', 1],
    ['1.0', 1],
    ['2.0000002', 3],
    ['+Inf', 7],
    ['', 7],
    ['', 9.5],
  ])
  assert.is(read.get('aitbc_none')?.samples.length, 0)
})

const WRONG: Readonly<Record<string, string>> = {
  'no end': '# TYPE a gauge\na 1\n',
  'text after the end': '# TYPE a gauge\na 1\n# EOF\na 2\n',
  'a counter without _total': '# TYPE a counter\na 1\n# EOF\n',
  'a family in two pieces': '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n# EOF\n',
  'a unit that the name lacks': '# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n',
  'a series twice': '# TYPE a gauge\na 1\na 1\n# EOF\n',
  'no +Inf': '# TYPE a histogram\na_bucket{le="1.0"} 1\na_count 1\na_sum 1\n# EOF\n',
  'a bad escape': '# TYPE a gauge\na{b="\\x"} 1\n# EOF\n',
  'a bad number': '# TYPE a gauge\na 1,5\n# EOF\n',
}

for (const [name, text] of Object.entries(WRONG)) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readOpenMetrics(text))
  })
}

test.run()

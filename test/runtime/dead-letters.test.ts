// Dead letters: every message that is not handled is counted, and the latest are kept with why.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEAD_LETTERS_KEPT } from '../../config/limits.ts'
import { linked, Probe, probe, TestWorld } from '../kit/hosts.ts'

test('each reason, with its target and verb; a tell never throws', () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const worker = probe(
    (ctx) => ({
      Note: (text) => {
        if (text === 'fail') throw new Error('on purpose')
        if (text === 'stop') ctx.stop()
      },
    }),
    { mailbox: { capacity: 2, overflow: 'reject' } },
  )
  a.spawn(worker, 'w', null)
  const tell = (key: string, text: string) => a.edge.tell(Probe, key, 'Note', text)
  tell('nobody', '')
  tell('c.far', '')
  tell('w', 'x'.repeat(65))
  for (const text of ['', 'fail', 'one too many']) tell('w', text)
  tell('b.nobody', '')
  world.run(100)
  for (const text of ['stop', 'after']) tell('w', text)
  world.run(100)
  const letters = a.snapshot().deadLetters.map((one) => [one.reason, one.target.key, one.verb])
  assert.equal(letters, [
    ['no-such-actor', 'nobody', 'Note'],
    ['node-down', 'c.far', 'Note'],
    ['undecodable', 'w', 'Note'],
    ['rejected', 'w', 'Note'],
    ['failed', 'w', 'Note'],
    ['stopped', 'w', 'Note'],
  ])
  assert.equal(b.snapshot().deadLetterCounts, { 'no-such-actor': 1 })
})

test('the latest are kept, all are counted', () => {
  const host = new TestWorld().host('a')
  for (let i = 0; i < DEAD_LETTERS_KEPT + 5; i++) host.edge.tell(Probe, `n${i}`, 'Note', '')
  const { deadLetters, deadLetterCounts } = host.snapshot()
  assert.is(deadLetters.length, DEAD_LETTERS_KEPT)
  assert.is(deadLetters[0]?.target.key, 'n5')
  assert.equal(deadLetterCounts, { 'no-such-actor': DEAD_LETTERS_KEPT + 5 })
})

test.run()

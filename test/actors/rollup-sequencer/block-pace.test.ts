// When a batch is closed, by the blocks that order those before it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BlockPace } from '../../../actors/rollup-sequencer/block-pace.ts'
import { ROLLUP_PATIENCE_MAX_MS } from '../../../config/limits.ts'

const BLOCK_MS = 100

/**
 * Transfers come all the time; a round takes so long; a block every 100 ms takes what is sealed,
 * and is heard of 15 ms later. When batches were closed, and how long each waited for its block.
 */
function run(roundMs: number, untilMs = 5000) {
  const pace = new BlockPace()
  const batches: { number: number; closedMs: number; sealedMs: number; blockMs?: number }[] = []
  let [firstMs, heardMs, heardTo] = [0, Number.POSITIVE_INFINITY, 0]
  for (let now = 0; now < untilMs; now++) {
    const last = batches.at(-1)
    if (last?.sealedMs === now) pace.sealed(last.number, roundMs, now)
    if (now % BLOCK_MS === 0) {
      const ready = batches.filter(({ sealedMs, blockMs }) => sealedMs <= now && !blockMs)
      for (const one of ready) one.blockMs = now
      if (ready.length > 0) [heardMs, heardTo] = [now + 15, ready.at(-1)?.number ?? 0]
    }
    if (now === heardMs) pace.proposed(heardTo, now)
    const isFree = !last || last.sealedMs <= now
    if (isFree && pace.wait(now, firstMs) === 0) {
      const number = batches.length + 1
      batches.push({ number, closedMs: now, sealedMs: now + roundMs })
      firstMs = now + 1
    }
  }
  return batches.slice(5, -2)
}

test('a block has one batch, which is ready shortly before it', () => {
  for (const roundMs of [5, 20, 40, 60]) {
    const batches = run(roundMs)
    assert.ok(batches.length > 30, `${roundMs} ms: ${batches.length} batches`)
    const blocks = new Set(batches.map(({ blockMs }) => blockMs))
    assert.is(blocks.size, batches.length, `${roundMs} ms: one batch a block`)
    for (const { sealedMs, blockMs = 0 } of batches) {
      const waited = blockMs - sealedMs
      assert.ok(waited >= 20 && waited <= 45, `${roundMs} ms: it waited ${waited} ms`)
    }
  }
})

test('where a round takes longer than a block the next one begins when it is ordered', () => {
  for (const roundMs of [90, 130, 250]) {
    const batches = run(roundMs, 10_000)
    assert.ok(batches.length > 15, `${roundMs} ms: ${batches.length} batches`)
    for (const [i, { closedMs }] of batches.slice(1).entries()) {
      assert.is(closedMs, (batches[i]?.blockMs ?? 0) + 15)
    }
  }
})

test('without a block it is closed two block times after its first transfer', () => {
  const pace = new BlockPace()
  pace.sealed(1, 20, 1000)
  assert.is(pace.wait(1000, 990), 190)
  assert.is(pace.wait(1190, 990), 0)
  pace.proposed(1, 1020)
  assert.is(pace.wait(1020, 990), 40)
})

test('where rounds are slow it waits longer, up to the limit', () => {
  const pace = new BlockPace()
  pace.sealed(1, 50, 100)
  pace.proposed(1, 250)
  pace.sealed(2, 50, 400)
  assert.is(pace.wait(1000, 1000), 400, 'twice the 200 ms that the first one took')
  pace.proposed(2, 100_000)
  pace.sealed(3, 50, 100_100)
  assert.is(pace.wait(100_200, 100_200), ROLLUP_PATIENCE_MAX_MS)
})

test('what was undone is not waited for', () => {
  const pace = new BlockPace()
  pace.sealed(1, 60, 90)
  pace.proposed(1, 100)
  pace.sealed(2, 60, 490)
  assert.is(pace.wait(500, 490), 190)
  pace.undone(2)
  assert.is(pace.wait(500, 490), 0)
})

test.run()

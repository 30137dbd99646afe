// What became of sealed batches when a claim is final: a client must never be told that a batch is
// final which another sequencer's has replaced.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { OpenBatch } from '../../../actors/rollup-sequencer/open-batch.ts'
import { SealedBatches } from '../../../actors/rollup-sequencer/sealed-batches.ts'
import type { Hex } from '../../../lib/hex.ts'

const hashOf = (number: number): Hex => `0x${String(number).padStart(64, '0')}`
const OTHER: Hex = `0x${'ff'.repeat(32)}`

function sealed(...numbers: number[]): SealedBatches {
  const batches = new SealedBatches()
  for (const number of numbers) {
    const hash = hashOf(number)
    batches.add({ number, hash, parent: hashOf(number - 1), txRoot: hash, batch: {} as OpenBatch })
  }
  return batches
}

function settled(batches: SealedBatches, number: number, claim: Hex) {
  const { final, superseded } = batches.settle(number, claim)
  const numbers = (list: typeof final) => list.map((one) => one.number)
  return { final: numbers(final), superseded: numbers(superseded), left: batches.size }
}

test('those below a batch of ours are final with it', () => {
  const found = settled(sealed(5, 6, 7), 6, hashOf(6))
  assert.equal(found, { final: [5, 6], superseded: [], left: 1 })
})

test('those below the batch of another are not said to be final', () => {
  const replaced = settled(sealed(5, 6, 7), 6, OTHER)
  assert.equal(replaced, { final: [], superseded: [5, 6], left: 1 })
  // None of ours has the number: found by the bench that kills one sequencer after the other.
  assert.equal(settled(sealed(5), 6, OTHER), { final: [], superseded: [5], left: 0 })
})

/** Found by the simulator, where a shard that failed had not told its sequencer what it undid. */
test('of those below a batch of ours only its ancestors are final', () => {
  const batches = sealed(5, 6)
  const seventh = { number: 7, hash: hashOf(7), parent: OTHER, txRoot: OTHER }
  batches.add({ ...seventh, batch: {} as OpenBatch })
  const found = settled(batches, 7, hashOf(7))
  assert.equal(found, { final: [7], superseded: [5, 6], left: 0 })
})

test('a final batch below all of ours changes nothing', () => {
  assert.equal(settled(sealed(5), 4, OTHER), { final: [], superseded: [], left: 1 })
})

test.run()

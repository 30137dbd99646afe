// What is given back of what was signed, above all after some of it was deleted.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SignStore } from '../../../actors/validator/sign-store.ts'
import type { SignRecord } from '../../../protocol/consensus/simplex-types.ts'
import type { Context } from '../../../runtime/context.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

function record(epoch: number, view: number, slot: number): SignRecord {
  return { epoch, view, slot, message: Uint8Array.of(epoch, view, slot) }
}

function placesOf(store: SignStore): string[] {
  return store.records().map(({ epoch, view, slot }) => `${epoch}/${view} ${slot}`)
}

/** A node's store, and what another life of the node finds in it. */
function disk() {
  const store = new MemoryStore()
  const life = () => new SignStore({ store } as unknown as Context)
  return { life, first: life() }
}

const done = () => {}

test('what was signed comes back, and the highest place', () => {
  const { life, first } = disk()
  first.persist([record(0, 3, 1), record(0, 4, 1), record(0, 4, 3)], done)
  assert.equal(placesOf(life()), ['0/3 1', '0/4 1', '0/4 3'])
  assert.equal(life().signedTo, { epoch: 0, view: 4 })
})

test('what is written of a view with or after its deletion does not pass for all of it', () => {
  const { life, first } = disk()
  first.persist([record(0, 4, 1), record(0, 4, 3)], done)
  first.forget({ epoch: 0, view: 4 })
  // A certificate of the same view, and the checkpoint of the epoch, which is kept.
  first.persist([record(0, 4, 6), record(0, 0, 4)], done)
  assert.equal(placesOf(life()), ['0/0 4'])
  first.persist([record(0, 4, 7), record(0, 5, 1)], done)
  assert.equal(placesOf(life()), ['0/0 4', '0/5 1'])
})

test('what an older chain makes final again does not take a deletion back', () => {
  const { life, first } = disk()
  first.persist([record(0, 4, 3)], done)
  first.forget({ epoch: 0, view: 4 })
  first.persist([record(0, 0, 4)], done)
  const second = life()
  second.forget({ epoch: 0, view: 2 })
  second.persist([record(0, 4, 6)], done)
  assert.equal(placesOf(life()), ['0/0 4'])
  assert.equal(life().signedTo, { epoch: 0, view: 4 })
})

test.run()

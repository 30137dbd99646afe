// Snapshots that a node makes by itself: after which blocks, how many are kept, and what its peers
// are given of them.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dueHeight, makeDue } from '../../../apps/node/snapshots/make-due.ts'
import { chunkOf, manifestFor } from '../../../apps/node/snapshots/snapshot-tasks.ts'
import { decodeManifest } from '../../../protocol/snapshot/snapshot-manifest.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { snapshotHeights } from '../../../storage/snapshot/snapshot-folder.ts'
import { FinalChain } from '../../kit/final-chain.ts'
import { CHAIN_ID } from '../../protocol/chain-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-due-'))
/** Longer than an epoch: every block ends one. */
const AFTER_MS = 61_000
const EVERY = 3

test('every third boundary gets one, once; the last two are kept and given to peers', () => {
  const store = new MemoryStore()
  const chain = new FinalChain(store)
  const place = { snapshots: folder, chainId: CHAIN_ID, genesisHash: chain.genesis.block.hash }
  assert.is(makeDue(store, place, EVERY), null)
  const made: number[] = []
  const hashes: `0x${string}`[] = []
  for (let i = 0; i < 11; i++) {
    hashes.push(chain.add([], AFTER_MS).hash)
    const done = makeDue(store, place, EVERY)
    if (done) made.push(done.height)
  }
  // Block 1 ends epoch 0; that it has ended shows with block 2.
  assert.equal(made, [3, 6, 9])
  assert.equal(snapshotHeights(folder), [9, 6])
  assert.is(dueHeight(store, EVERY), 9)
  const newest = decodeManifest(manifestFor(folder, undefined))
  assert.is(typeof newest === 'object' && newest.header.height, 9)
  const older = decodeManifest(manifestFor(folder, hashes[5]))
  assert.is(typeof older === 'object' && older.header.height, 6)
  assert.is(manifestFor(folder, hashes[2]).length, 0)
  assert.ok(chunkOf(folder, 9, 0).length > 0)
  assert.is(chunkOf(folder, 9, 99).length, 0)
  assert.is(chunkOf(folder, 3, 0).length, 0)
})

test('what a maker that was killed has left is removed by the next', () => {
  const left = join(folder, '12')
  rmSync(left, { recursive: true, force: true })
  const store = new MemoryStore()
  const chain = new FinalChain(store)
  for (let i = 0; i < 13; i++) chain.add([], AFTER_MS)
  const place = { snapshots: folder, chainId: CHAIN_ID, genesisHash: chain.genesis.block.hash }
  makeDue(store, place, EVERY)
  rmSync(join(left, 'manifest'))
  writeFileSync(join(left, 'chunk-00077'), 'half')
  assert.equal(snapshotHeights(folder), [9])
  assert.is(makeDue(store, place, EVERY)?.height, 12)
  assert.not.ok(readdirSync(left).includes('chunk-00077'))
})

test.after(() => rmSync(folder, { recursive: true, force: true }))

test.run()

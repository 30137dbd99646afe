// What is on the disk of a checkpoint comes back as it was; what an older version wrote says so.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Checkpoint,
  checkpointPut,
  readCheckpoint,
} from '../../../actors/shard/checkpoint-rows.ts'
import { asList, decodeRlp, encodeRlp } from '../../../protocol/rlp/rlp.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

const CHECKPOINT: Checkpoint = {
  number: 256,
  hash: `0x${'ab'.repeat(32)}`,
  root: `0x${'cd'.repeat(32)}`,
  meta: Uint8Array.of(1, 2, 3),
  bytes: 70_000,
  sides: Uint8Array.of(5),
  roots: new Uint8Array(64).fill(6),
}

test('a checkpoint is read as it was written, by its shard', () => {
  const store = new MemoryStore()
  store.apply([checkpointPut(3, CHECKPOINT)])
  assert.equal(readCheckpoint(store, 3), CHECKPOINT)
  assert.is(readCheckpoint(store, 2), undefined)
})

test('one of an older version, which has no roots of pages, says what is to be done', () => {
  const store = new MemoryStore()
  const put = checkpointPut(3, CHECKPOINT)
  const value = encodeRlp(asList(decodeRlp(put.value as Uint8Array)).slice(0, 6))
  store.apply([{ ...put, value }])
  assert.throws(() => readCheckpoint(store, 3), /shard 3 is of an older version: .*folder shards/)
})

test.run()

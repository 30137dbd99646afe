// Where operations of final batches are found: in the batch in which they were, after a start too,
// and no more of them than are kept.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OperationIndex } from '../../../actors/shard/operation-index.ts'
import { ROLLUP_FOUND_OPERATIONS_MAX } from '../../../config/shard-limits.ts'
import { OPERATIONS_MAX } from '../../../protocol/params.ts'
import {
  encodeOperation,
  LOCK_WORDS,
  NO_OPERATIONS,
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  type Operations,
  REFUND_WORDS,
  SETTLE_WORDS,
} from '../../../protocol/rollup/operations.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

function world() {
  const store = new MemoryStore()
  const rows = {
    saveSoon: (put: Parameters<MemoryStore['apply']>[0][number]) => store.apply([put]),
  }
  return { open: (shard = 0) => new OperationIndex(store, shard, rows) }
}

/** `count` operations of one kind, on locks from `first` on. */
function part(kind: number, size: number, first: number, count: number, use = 0): Uint32Array {
  const words = new Uint32Array(size * count)
  for (let i = 0; i < count; i++) {
    const isLock = kind === OPERATION_LOCK
    const [from, to] = isLock ? [1, first + i] : [first + i, 1]
    const numbers = isLock ? { nonce: 7, use } : { nonce: use, use: 0 }
    const leaf = encodeOperation({ kind, party: 3, from, to, amount: 5n, deadline: 9, ...numbers })
    words.set(new Uint32Array(leaf.buffer), size * i)
  }
  return words
}

test('each is found by lock, use and kind, with its place among settles, refunds, locks', () => {
  const { open } = world()
  const index = open()
  const batch: Operations = {
    settles: part(OPERATION_SETTLE, SETTLE_WORDS, 10, 2, 4),
    refunds: part(OPERATION_REFUND, REFUND_WORDS, 20, 1, 4),
    locks: part(OPERATION_LOCK, LOCK_WORDS, 10, 2, 5),
  }
  index.final(3, batch)
  for (const one of [index, open()]) {
    const at = (lock: number, use: number, kind: number) => one.find({ lock, use, kind })?.position
    assert.equal([at(10, 4, OPERATION_SETTLE), at(11, 4, OPERATION_SETTLE)], [0, 1])
    assert.is(at(20, 4, OPERATION_REFUND), 2)
    assert.equal([at(10, 5, OPERATION_LOCK), at(11, 5, OPERATION_LOCK)], [3, 4])
    assert.is(one.find({ lock: 20, use: 4, kind: OPERATION_REFUND })?.number, 3)
    assert.equal([at(10, 5, OPERATION_SETTLE), at(12, 4, OPERATION_SETTLE)], [undefined, undefined])
  }
  assert.is(open(1).find({ lock: 10, use: 4, kind: OPERATION_SETTLE }), undefined)
})

test('the oldest go, from the disk too', () => {
  const { open } = world()
  const index = open()
  const batches = ROLLUP_FOUND_OPERATIONS_MAX / OPERATIONS_MAX + 1
  for (let i = 0; i < batches; i++) {
    const locks = part(OPERATION_LOCK, LOCK_WORDS, i * OPERATIONS_MAX, OPERATIONS_MAX)
    index.final(i + 1, { ...NO_OPERATIONS, locks })
  }
  const again = open()
  const at = (one: OperationIndex, lock: number) => {
    return one.find({ lock, use: 0, kind: OPERATION_LOCK })
  }
  for (const one of [index, again]) {
    assert.is(at(one, OPERATIONS_MAX - 1), undefined)
    const { number, position } = at(one, OPERATIONS_MAX) ?? {}
    assert.equal([number, position], [2, 0])
  }
  // What was read goes on in the same order.
  again.final(batches + 1, { ...NO_OPERATIONS, locks: part(OPERATION_LOCK, LOCK_WORDS, 1, 1) })
  assert.is(at(again, OPERATIONS_MAX), undefined)
  assert.ok(at(again, OPERATIONS_MAX + 1))
})

test.run()

// Making keys ahead takes as much memory as the keys, not as the objects that they were made with.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../../compute/crypto/cohort-plan.ts'
import { GENESIS_KEYS_SEED } from '../../compute/crypto/genesis-keys.ts'
import { keyBookTotal } from '../../compute/crypto/key-book.ts'
import { keyAt } from '../../compute/crypto/key-bytes.ts'
import { COHORT_KEYS_BYTES } from '../../compute/crypto/make-keys.ts'
import { KeyTasks } from '../../compute/pool/key-tasks.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'

const COHORTS = 48
/** Without giving them free: 180 MB. */
const BYTES_MAX = 60e6

function make(tasks: KeyTasks, cohort: number): Promise<Uint8Array> {
  const run = { first: cohort * COHORT_SIZE, count: COHORT_SIZE, keys: undefined }
  return new Promise((ok, failed) => {
    tasks.start('make-keys', run, {
      chunk: () => {},
      ok: (made) => ok(made as Uint8Array),
      failed: (reason, detail) => failed(new Error(`${reason}: ${detail}`)),
    })
  })
}

test('memory of the thread stays flat, cohort after cohort', async () => {
  const tasks = new KeyTasks()
  await make(tasks, 0)
  const before = process.memoryUsage.rss()
  for (let cohort = 0; cohort < COHORTS; cohort++) {
    const made = await make(tasks, cohort)
    const total = keyBookTotal(GENESIS_KEYS_SEED, COHORT_SIZE, cohort * COHORT_SIZE)
    assert.equal(keyAt(made.subarray(COHORT_KEYS_BYTES), ROOT), total)
  }
  const more = process.memoryUsage.rss() - before
  await tasks.stop()
  assert.ok(more < BYTES_MAX, `${more / 1e6} MB more`)
})

test.run()

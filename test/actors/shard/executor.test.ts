// A batch that was refused may be executed once more, with what is known then.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Executor } from '../../../actors/shard/executor.ts'
import type { HeldBatch } from '../../../actors/shard/held-batch.ts'

function refused(code: string, stragglers: HeldBatch['stragglers']): HeldBatch {
  return { verdict: code, why: 'position 3', stragglers } as HeldBatch
}

test('what was refused is doubted once, with its signatures', () => {
  const props = { node: 'v0', ports: { cosignerKeys: () => ({}) } }
  const [ctx, none] = [{}, {}]
  const parts = [ctx, props, none, { book: {} }, none, none, () => {}]
  const executor = new Executor(...(parts as unknown as ConstructorParameters<typeof Executor>))
  for (const [before, after] of [
    ['bad', 'unknown'],
    ['unknown', 'unknown'],
    ['good', 'good'],
  ] as const) {
    const batch = refused('NO_SPEND_KEY', before)
    assert.ok(executor.doubt(batch))
    assert.equal([batch.verdict, batch.why, batch.stragglers], [undefined, '', after])
    batch.verdict = 'BAD_CLAIM'
    assert.not(executor.doubt(batch))
    assert.is(batch.verdict, 'BAD_CLAIM')
  }
})

test.run()

// How long co-signers are waited for: more where everybody is slow, not for one who is silent.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CosignWindow } from '../../../actors/rollup-sequencer/cosign-window.ts'
import { Groups } from '../../../actors/rollup-sequencer/groups.ts'
import {
  ROLLUP_COSIGN_MAX_MS,
  ROLLUP_COSIGN_MS,
  ROLLUP_DISTRUST_MS,
} from '../../../config/limits.ts'

test('the window grows with what answers take, in whole milliseconds, and falls again', () => {
  const window = new CosignWindow()
  assert.is(window.ms, ROLLUP_COSIGN_MS)
  for (let i = 0; i < 20; i++) window.answered(90.3)
  assert.ok(window.ms > 3 * 90 && window.ms <= 4 * 91)
  assert.ok(Number.isInteger(window.ms))
  for (let i = 0; i < 50; i++) window.answered(5000)
  assert.is(window.ms, ROLLUP_COSIGN_MAX_MS)
  for (let i = 0; i < 50; i++) window.answered(1)
  assert.is(window.ms, ROLLUP_COSIGN_MS)
})

test('it doubles while nobody answers, and not for the silence of some', () => {
  const window = new CosignWindow()
  window.expired(true)
  assert.is(window.ms, ROLLUP_COSIGN_MS)
  window.expired(false)
  window.expired(false)
  assert.is(window.ms, 4 * ROLLUP_COSIGN_MS)
  for (let i = 0; i < 10; i++) window.expired(false)
  assert.is(window.ms, ROLLUP_COSIGN_MAX_MS)
  window.answered(10)
  assert.is(window.ms, ROLLUP_COSIGN_MS)
})

test('a group is distrusted when it misses twice in a row', () => {
  const groups = new Groups()
  groups.seen(1, 0)
  groups.missed(1, 10)
  assert.not.ok(groups.isDistrusted(1, 11))
  groups.cosigned(1)
  groups.missed(1, 20)
  assert.not.ok(groups.isDistrusted(1, 21))
  groups.missed(1, 30)
  assert.ok(groups.isDistrusted(1, 31))
  assert.not.ok(groups.isDistrusted(1, 30 + ROLLUP_DISTRUST_MS))
})

test.run()

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

function round(window: CosignWindow, ...answers: number[]): void {
  for (const ms of answers) window.answered(ms)
  window.ended()
}

test('the window follows what the slowest answer takes, in whole milliseconds', () => {
  const window = new CosignWindow()
  assert.is(window.ms, ROLLUP_COSIGN_MAX_MS)
  for (let i = 0; i < 50; i++) round(window, 3, 90.3, 20)
  assert.ok(window.ms > 4 * 90 && window.ms <= 4 * 91)
  assert.ok(Number.isInteger(window.ms))
  for (let i = 0; i < 50; i++) round(window, 1)
  assert.is(window.ms, ROLLUP_COSIGN_MS)
})

test('it doubles while nobody answers at all, up to its limit, and falls again', () => {
  const window = new CosignWindow()
  for (let i = 0; i < 50; i++) round(window, 10)
  assert.is(window.ms, ROLLUP_COSIGN_MS)
  round(window)
  round(window)
  assert.is(window.ms, 4 * ROLLUP_COSIGN_MS)
  for (let i = 0; i < 10; i++) round(window)
  assert.is(window.ms, ROLLUP_COSIGN_MAX_MS)
  for (let i = 0; i < 50; i++) round(window, 10)
  assert.is(window.ms, ROLLUP_COSIGN_MS)
})

test('a group is not waited for when it misses twice in a row, and longer each time', () => {
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
  groups.missed(1, 40)
  assert.ok(groups.isDistrusted(1, 39 + 2 * ROLLUP_DISTRUST_MS))
  groups.cosigned(1)
  assert.not.ok(groups.isDistrusted(1, 41))
})

test.run()

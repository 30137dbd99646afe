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

test('a group is not awaited after a miss, longer each time; after two it is distrusted', () => {
  const groups = new Groups()
  groups.seen(1, 0)
  const at = (now: number) => [groups.isAwaited(1, now), groups.isDistrusted(1, now)]
  assert.equal(at(9), [true, false])
  groups.missed(1, 10)
  assert.equal(at(11), [false, false])
  assert.equal(at(10 + ROLLUP_DISTRUST_MS), [true, false])
  groups.cosigned(1)
  assert.equal(at(11), [true, false])
  groups.missed(1, 20)
  groups.missed(1, 30)
  assert.equal(at(31), [false, true])
  assert.equal(at(29 + 2 * ROLLUP_DISTRUST_MS), [false, true])
  assert.equal(at(30 + 2 * ROLLUP_DISTRUST_MS), [true, false])
  groups.missed(1, 40)
  assert.equal(at(39 + 4 * ROLLUP_DISTRUST_MS), [false, true])
  groups.cosigned(1)
  assert.equal(at(41), [true, false])
  groups.distrust(1, 50)
  assert.equal(at(51), [false, true])
})

test.run()

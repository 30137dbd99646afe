// The study of modes: what it says of the policy holds in every run, its measure can fail, and its
// page is what it would write now.

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ModeNumber } from '../../protocol/consensus/validator-set.ts'
import { POLICY_RULES_DEFAULT } from '../../protocol/epoch/mode-policy.ts'
import { attackPrice } from '../../scripts/study/attack-price.ts'
import { STAKE_MUCH, STAKE_USUAL } from '../../scripts/study/mode-chain.ts'
import { countModes } from '../../scripts/study/mode-counts.ts'
import { modesPages } from '../../scripts/study/modes-page.ts'
import {
  adversaryRows,
  constantRows,
  honestRows,
  STUDY_EPOCHS,
} from '../../scripts/study/modes-runs.ts'

const rows = [
  ...constantRows(STAKE_USUAL),
  ...constantRows(STAKE_MUCH),
  ...honestRows(STAKE_USUAL),
  ...honestRows(STAKE_MUCH),
  ...adversaryRows(),
]

test('the policy never returns, and switches no more often than it lets itself', () => {
  const { dwellEpochs } = POLICY_RULES_DEFAULT
  for (const { name, traces } of rows) {
    const counts = countModes(traces.policy.modes)
    assert.is(traces.policy.modes.length, STUDY_EPOCHS)
    assert.is(counts.returns, 0, name)
    assert.ok((counts.shortestStay ?? dwellEpochs) >= dwellEpochs, name)
    assert.ok(counts.switches <= STUDY_EPOCHS / dwellEpochs, name)
    assert.ok(counts.longestStep <= 1, name)
  }
})

test('under a constant load the policy comes to rest', () => {
  for (const { name, traces } of [...constantRows(STAKE_USUAL), ...constantRows(STAKE_MUCH)]) {
    assert.ok(countModes(traces.policy.modes).switches <= 2, name)
  }
})

test('the published rule alone oscillates in the same runs: the measure can fail', () => {
  const returns = (name: string, who: 'fixed' | 'equal') => {
    const row = rows.find((one) => one.name === name)
    assert.ok(row, name)
    return countModes(row?.traces[who].modes ?? []).returns
  }
  assert.ok(returns('72 %', 'fixed') > STUDY_EPOCHS - 10, 'every epoch, under a constant load')
  for (const who of ['fixed', 'equal'] as const) {
    assert.ok(returns('noise 25–35 %', who) > 100, who)
    assert.ok(returns('load against the mode', who) > 100, who)
  }
})

test('in its other reading the published rule rests in a mode that cannot serve the load', () => {
  const { own, policy } = rows.find(({ name }) => name === '31 %')?.traces ?? {}
  assert.ok((own?.backlog ?? 0) > 100, 'what waits grows without end')
  assert.is(policy?.backlog, 0)
})

test('returns are counted as such', () => {
  const modes = (text: string) => [...text].map(Number) as ModeNumber[]
  assert.is(countModes(modes('0010')).returns, 1)
  assert.is(countModes(modes('0120')).returns, 0)
  assert.is(countModes(modes(`0${'1'.repeat(9)}0`)).returns, 1)
  assert.is(countModes(modes(`0${'1'.repeat(10)}0`)).returns, 0)
  assert.equal(countModes(modes('0012')), {
    switches: 2,
    returns: 0,
    shortestStay: 1,
    longestStep: 1,
    epochsIn: [2, 1, 1],
  })
})

test('a load below the fee’s target does not raise what an attack costs', () => {
  const price = attackPrice(0, [4100, 4100, 4100], 2000, 7n)
  assert.equal(price, { wei: 7n * 1800n * 21_000_000n, baseFee: 7n })
  assert.ok(attackPrice(1, [7100, 7100, 7100], 2000, 7n).baseFee > 10n ** 6n)
})

for (const { path, text } of modesPages('.')) {
  test(`${path} is current (npm run study -- modes writes it)`, () => {
    assert.is(readFileSync(path, 'utf8'), text)
  })
}

test.run()

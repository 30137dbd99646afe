// When the chain switches, step by step, and what no sequence of measurements can make it do.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkMetrics } from '../../../protocol/consensus/determine-mode.ts'
import type { ModeNumber } from '../../../protocol/consensus/validator-set.ts'
import {
  decideMode,
  initialPolicyMemory,
  type ModeControl,
  POLICY_RULES_DEFAULT,
} from '../../../protocol/epoch/mode-policy.ts'
import { readPolicyRules } from '../../../protocol/epoch/read-policy-rules.ts'
import {
  PARAMETER_NAMES,
  PARAMETERS,
  type ParameterName,
} from '../../../protocol/governance/parameters.ts'
import { countModes } from '../../../scripts/study/mode-counts.ts'
import { ModePipeline } from '../../../scripts/study/mode-pipeline.ts'

const [FAST, BALANCED, SECURE] = [0, 1, 2] as const
const DWELL = POLICY_RULES_DEFAULT.dwellEpochs

const of = (utilization: number, authorityUptime = 10_000, stakeRatio = 7500): NetworkMetrics => ({
  utilization,
  authorityUptime,
  stakeRatio,
})

interface Epoch {
  readonly metrics: NetworkMetrics
  readonly certified?: boolean
  readonly control?: ModeControl
}

/** The modes in force, and what was said of each decision. */
function run(start: ModeNumber, epochs: readonly Epoch[], policy = POLICY_RULES_DEFAULT) {
  const pipeline = new ModePipeline(start)
  let memory = initialPolicyMemory(start)
  const modes: ModeNumber[] = []
  const reasons: string[] = []
  for (const { metrics, certified = true, control } of epochs) {
    modes.push(pipeline.inForce)
    const decision = decideMode(memory, metrics, pipeline.inForce, policy, control)
    memory = decision.memory
    reasons.push(decision.reason)
    pipeline.endEpoch(decision.target, certified)
  }
  return { modes, reasons, memory }
}

const repeat = (count: number, metrics: NetworkMetrics): Epoch[] =>
  Array.from({ length: count }, () => ({ metrics }))

/** Where a chain ends that saw these measurements for long, from a mode. */
const settles = (start: ModeNumber, ...all: NetworkMetrics[]) =>
  run(
    start,
    all.flatMap((metrics) => repeat(40, metrics)),
  ).modes.at(-1)

test('a switch needs ten epochs and three that agree, and acts two later', () => {
  const { modes, reasons } = run(BALANCED, repeat(13, of(1240, 10_000, 8710)))
  assert.equal(modes, [...Array(11).fill(BALANCED), FAST, FAST])
  const numbers = 'auto: load 12.4 %, uptime 100.0 %, stake 87.1 % -> FAST; '
  assert.is(reasons[1], `${numbers}2 of 3 epochs agree`)
  assert.is(reasons[2], `${numbers}3 of 10 epochs in BALANCED are over`)
  assert.is(reasons[9], `${numbers}switches from BALANCED to FAST`)
  assert.is(reasons[10], `${numbers}1 of 3 epochs agree`)
})

test('one epoch that asks for something else starts the count again', () => {
  const twice = [...repeat(2, of(1000)), { metrics: of(5000) }]
  const epochs = Array.from({ length: 20 }, () => twice).flat()
  assert.is(run(BALANCED, epochs).modes.at(-1), BALANCED)
  assert.is(run(BALANCED, [...epochs, ...repeat(5, of(1000))]).modes.at(-1), FAST)
})

test('two steps are two switches, with ten epochs in between', () => {
  const { modes } = run(SECURE, repeat(30, of(1000)))
  assert.equal(modes, [
    ...Array(11).fill(SECURE),
    ...Array(11).fill(BALANCED),
    ...Array(8).fill(FAST),
  ])
})

test('the guard bands, exactly at, below and above', () => {
  assert.is(settles(BALANCED, of(2999)), FAST)
  assert.is(settles(BALANCED, of(3000)), BALANCED)
  assert.is(settles(BALANCED, of(0, 9000)), BALANCED)
  assert.is(settles(BALANCED, of(0, 9001)), FAST)
  assert.is(settles(FAST, of(4000)), FAST)
  assert.is(settles(FAST, of(4001)), BALANCED)
  assert.is(settles(FAST, of(0, 8500)), FAST)
  assert.is(settles(FAST, of(0, 8499)), BALANCED)
  assert.is(settles(BALANCED, of(7000)), BALANCED)
  assert.is(settles(BALANCED, of(7001)), SECURE)
  assert.is(settles(BALANCED, of(5000, 10_000, 8000)), BALANCED)
  assert.is(settles(BALANCED, of(5000, 10_000, 8001)), SECURE)
  assert.is(settles(SECURE, of(6000)), SECURE)
  assert.is(settles(SECURE, of(5999, 10_000, 7499)), BALANCED)
  assert.is(settles(SECURE, of(5999, 10_000, 7500)), SECURE)
})

test('on the way to FAST the middle is left as FAST is, and after it as it is entered', () => {
  // From SECURE the first step is made below 30 %; 35 % does not call it back.
  const way = [...repeat(12, of(2000, 10_000, 8700)), ...repeat(40, of(3500, 10_000, 8700))]
  assert.is(run(SECURE, way).modes.at(-1), FAST)
  assert.is(settles(BALANCED, of(3500, 10_000, 8700)), SECURE)
  // Having asked for the middle itself, the chain forgets where it went.
  const turned = [...repeat(11, of(2000)), ...repeat(4, of(5000)), ...repeat(40, of(3500))]
  assert.is(run(SECURE, turned).modes.at(-1), BALANCED)
})

test('a pin acts like any decision, and is forgotten with the vote that ends it', () => {
  const control: ModeControl = { kind: 'pinned', mode: SECURE, by: 'vote' }
  const pinned = repeat(5, of(0)).map((epoch) => ({ ...epoch, control }))
  const { modes, reasons } = run(FAST, [...pinned, ...repeat(40, of(0))])
  assert.equal(modes.slice(0, 6), [FAST, FAST, SECURE, SECURE, SECURE, SECURE])
  assert.is(reasons[0], 'pinned by vote')
  assert.is(modes.at(-1), FAST)
})

test('test networks may take every mode in turn', () => {
  const epochs = repeat(8, of(5000)).map((one) => ({ ...one, control: { kind: 'cycle' } as const }))
  const { modes } = run(FAST, epochs)
  assert.equal(modes, [FAST, FAST, BALANCED, SECURE, FAST, BALANCED, SECURE, FAST])
})

test('a switch to less stake security waits for its checkpoint, and holds back the next', () => {
  const waiting = repeat(30, of(0)).map((epoch) => ({ ...epoch, certified: false }))
  const { modes, reasons } = run(BALANCED, [...waiting, ...repeat(12, of(9000))])
  assert.equal(modes.slice(0, 31), Array(31).fill(BALANCED))
  assert.ok(reasons[20]?.endsWith('as decided'))
  assert.ok(reasons[34]?.endsWith('of 10 epochs in FAST are over'), reasons[34])
  assert.is(modes.at(-1), FAST)
  const up = repeat(20, of(9000)).map((epoch) => ({ ...epoch, certified: false }))
  assert.is(run(FAST, up).modes.at(-1), BALANCED, 'more stake security needs none')
})

const near = (...edges: number[]) =>
  fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    ...edges.map((edge) => fc.integer({ min: edge - 2, max: edge + 2 })),
  )
const anyEpoch = fc.record({
  metrics: fc.record({
    utilization: near(3000, 4000, 6000, 7000),
    authorityUptime: near(8500, 9000),
    stakeRatio: near(7500, 8000),
  }),
  certified: fc.boolean(),
})
/** Long stretches of one measurement, which is what makes a chain move. */
const anyEpochs = fc
  .array(fc.tuple(anyEpoch, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 40 })
  .map((stretches) => stretches.flatMap(([epoch, count]) => Array<Epoch>(count).fill(epoch)))
const anyMode = fc.constantFrom<ModeNumber>(FAST, BALANCED, SECURE)

test('whatever is measured: one step at a time, no stay under ten epochs, no return', () => {
  let switches = 0
  fc.assert(
    fc.property(anyMode, anyEpochs, (start, epochs) => {
      const counts = countModes(run(start, epochs).modes)
      switches += counts.switches
      assert.is(counts.returns, 0)
      assert.ok((counts.shortestStay ?? DWELL) >= DWELL, `a stay of ${counts.shortestStay}`)
      assert.ok(counts.longestStep <= 1)
      assert.ok(counts.switches <= epochs.length / DWELL)
    }),
    { numRuns: 200 },
  )
  assert.ok(switches > 200, `the sequences moved the chain ${switches} times only`)
})

test('measurements that stay within the guard bands’ width move the chain three times at most', () => {
  const { enter, fastLeaveLoad, fastLeaveUptime, secureLeaveStake } = POLICY_RULES_DEFAULT
  const load = fastLeaveLoad - enter.loadLow
  const uptime = enter.uptimeHigh - fastLeaveUptime
  const stake = enter.stakeHigh - secureLeaveStake
  const low = fc.record({
    utilization: fc.integer({ min: 0, max: 10_000 - load }),
    authorityUptime: fc.integer({ min: 0, max: 10_000 - uptime }),
    stakeRatio: fc.integer({ min: 0, max: 10_000 - stake }),
  })
  const offsets = fc.array(fc.tuple(fc.nat(load), fc.nat(uptime), fc.nat(stake), fc.nat(20)), {
    maxLength: 50,
  })
  fc.assert(
    fc.property(anyMode, low, offsets, (start, from, all) => {
      const epochs = all.flatMap(([a, b, c, count]) =>
        repeat(count, of(from.utilization + a, from.authorityUptime + b, from.stakeRatio + c)),
      )
      assert.ok(countModes(run(start, epochs).modes).switches <= 3)
    }),
    { numRuns: 300 },
  )
})

test('governance starts with these numbers, and no others let a mode be left sooner', () => {
  assert.equal(
    readPolicyRules((name) => PARAMETERS[name].initial),
    POLICY_RULES_DEFAULT,
  )
  const within = (name: ParameterName) => {
    const { min, max } = PARAMETERS[name]
    return fc.bigInt({ min, max: name.endsWith('_epochs') ? 12n : max })
  }
  const names = PARAMETER_NAMES.filter((name) => name.startsWith('mode_'))
  const anyPolicy = fc
    .record(Object.fromEntries(names.map((name) => [name, within(name)])))
    .map((values) => readPolicyRules((name) => values[name] as bigint))
  let switches = 0
  fc.assert(
    fc.property(anyPolicy, anyMode, anyEpochs, (policy, start, epochs) => {
      const { modes } = run(start, epochs, policy)
      const counts = countModes(modes, policy.dwellEpochs)
      switches += counts.switches
      assert.is(counts.returns, 0)
      assert.ok(counts.longestStep <= 1)
    }),
    { numRuns: 100, seed: 4 },
  )
  assert.ok(switches > 50, `only ${switches} switches were seen`)
})

test.run()

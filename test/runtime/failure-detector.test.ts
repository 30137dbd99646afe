// The failure detector as a property: never down while beats arrive in time, always down after so
// much silence, suspect in between, and patient with a machine that stood still itself.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FailureDetector, type Verdict } from '../../runtime/failure-detector.ts'

const OPTIONS = { everyMs: 500, suspectAfterMs: 1500, downAfterMs: 6000 }

/** Checks every period until `until`; beats come at the given times. Returns verdicts by time. */
function watch(beats: readonly number[], until: number): Map<number, Verdict> {
  const detector = new FailureDetector(0, OPTIONS)
  const verdicts = new Map<number, Verdict>()
  const left = [...beats]
  for (let now = OPTIONS.everyMs; now <= until; now += OPTIONS.everyMs) {
    while (left.length > 0 && (left[0] as number) <= now) detector.beat(left.shift() as number)
    verdicts.set(now, detector.check(now))
  }
  return verdicts
}

/** Times of beats from the gaps between them. */
const times = (gaps: readonly number[]) => {
  let at = 0
  return gaps.map((gap) => {
    at += gap
    return at
  })
}

test('never down while beats arrive in time, however unevenly', () => {
  const gap = fc.oneof(fc.nat(400), fc.nat(OPTIONS.downAfterMs - 1))
  fc.assert(
    fc.property(fc.array(gap, { minLength: 1, maxLength: 200 }), (gaps) => {
      const beats = times(gaps)
      const verdicts = watch(beats, beats.at(-1) as number)
      assert.not.ok([...verdicts.values()].includes('down'))
    }),
  )
})

test('down after so much silence, for good, and suspect before it', () => {
  const gap = fc.oneof(fc.nat(400), fc.nat(OPTIONS.downAfterMs - 1))
  fc.assert(
    fc.property(fc.array(gap, { maxLength: 50 }), (gaps) => {
      const beats = times(gaps)
      const last = beats.at(-1) ?? 0
      const verdicts = watch(beats, last + OPTIONS.downAfterMs + 2 * OPTIONS.everyMs)
      const silent = [...verdicts].filter(([at]) => at > last)
      for (const [at, verdict] of silent) {
        const silence = at - last
        if (silence >= OPTIONS.downAfterMs) assert.is(verdict, 'down')
        else if (silence >= 0.75 * OPTIONS.downAfterMs) assert.is(verdict, 'suspect')
        else assert.is.not(verdict, 'down')
        if (silence < OPTIONS.suspectAfterMs) assert.is(verdict, 'up')
      }
      assert.is(silent.at(-1)?.[1], 'down')
    }),
  )
  const detector = new FailureDetector(0, OPTIONS)
  for (let now = 0; now <= OPTIONS.downAfterMs; now += OPTIONS.everyMs) detector.check(now)
  detector.beat(OPTIONS.downAfterMs)
  assert.is(detector.check(OPTIONS.downAfterMs), 'down', 'a beat does not raise the dead')
})

test('a peer that is usually slow is suspect later than one that is usually quick', () => {
  const after = (gap: number) => {
    const detector = new FailureDetector(0, OPTIONS)
    let [next, beats] = [gap, 0]
    for (let now = 50; now <= 100 * gap; now += 50) {
      if (now % OPTIONS.everyMs === 0) detector.check(now)
      if (now < next) continue
      detector.beat(now)
      next = now + (++beats % 2 ? gap / 2 : 1.5 * gap)
    }
    return detector.suspectAfterMs
  }
  assert.is(after(100), OPTIONS.suspectAfterMs)
  assert.ok(after(1500) > OPTIONS.suspectAfterMs + 500, `${after(1500)}`)
})

test('a pause of this side is not taken for silence of the peer', () => {
  const detector = new FailureDetector(0, OPTIONS)
  detector.beat(500)
  assert.is(detector.check(500), 'up')
  assert.is(detector.check(120_000), 'up', 'two minutes in which nothing here ran')
  detector.beat(120_001)
  assert.is(detector.check(120_500), 'up')
})

test.run()

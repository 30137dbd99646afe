// Ordinary signatures in parts: however many there are, a few tasks at a time, what a batch waits
// for first; a part that could not be run makes all of its check unknown, and nothing else.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OrdinaryChecks } from '../../../actors/shard/ordinary-checks.ts'
import { ROLLUP_CHECK_BATCH, ROLLUP_CHECK_TASKS } from '../../../config/shard-limits.ts'
import type { SignatureColumns } from '../../../protocol/rollup/verify-columns.ts'
import type { Context } from '../../../runtime/context.ts'
import type { TaskOutcome } from '../../../runtime/task.ts'

interface Started {
  readonly columns: SignatureColumns
  readonly outcome: TaskOutcome<{ readonly bad: readonly number[] }, never>
}

function world() {
  const started: Started[] = []
  const run = (_: unknown, columns: SignatureColumns, outcome: Started['outcome']) => {
    started.push({ columns, outcome })
  }
  const checks = new OrdinaryChecks({ run } as unknown as Context)
  return { checks, started }
}

/** The first byte of a key says which check it is of; those listed are bad. */
function columns(name: number, count: number, bad: readonly number[]): SignatureColumns {
  const keys = new Uint8Array(32 * count)
  const signatures = new Uint8Array(64 * count)
  for (let i = 0; i < count; i++) keys[32 * i] = name
  for (const i of bad) signatures[64 * i] = 1
  return { keys, digests: new Uint8Array(32 * count), signatures }
}

function answer({ columns: { keys, signatures }, outcome }: Started): void {
  const places = [...new Array(keys.length / 32).keys()]
  outcome.ok({ bad: places.filter((i) => signatures[64 * i] === 1) })
}

test('bad ones are found in all parts, and urgent checks go before the others', () => {
  const { checks, started } = world()
  const ends: [string, readonly number[] | undefined][] = []
  const count = 6 * ROLLUP_CHECK_BATCH + 5
  const bad = [0, ROLLUP_CHECK_BATCH, count - 1]
  checks.check(columns(1, count, bad), false, (found) => ends.push(['ahead', found]))
  checks.check(columns(2, 3, [2]), true, (found) => ends.push(['batch', found]))
  checks.check(columns(3, 0, []), true, (found) => ends.push(['none', found]))
  assert.equal(ends, [['none', []]])
  const order: number[] = []
  for (let at = 0; at < started.length; at++) {
    assert.ok(started.length - at <= ROLLUP_CHECK_TASKS)
    const one = started[at] as Started
    order.push(one.columns.keys[0] as number)
    answer(one)
  }
  assert.equal(order, [1, 1, 1, 1, 2, 1, 1, 1])
  assert.equal(ends.slice(1), [
    ['batch', [2]],
    ['ahead', bad],
  ])
})

test('what could not be run says nothing of the signatures, and the next goes on', () => {
  const { checks, started } = world()
  const ends: (readonly number[] | undefined)[] = []
  checks.check(columns(1, 2 * ROLLUP_CHECK_BATCH, [1]), true, (found) => ends.push(found))
  checks.check(columns(2, 1, []), true, (found) => ends.push(found))
  const failure = {} as Parameters<Started['outcome']['failed']>[0]
  ;(started[1] as Started).outcome.failed(failure)
  answer(started[0] as Started)
  answer(started[2] as Started)
  assert.equal(ends, [undefined, []])
})

test.run()

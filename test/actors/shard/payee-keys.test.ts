// Keys of payees of other shards: asked for until there is one or it is clear that there is none,
// and what is not there is forgotten, however many ask for whatever.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PayeeKeys } from '../../../actors/shard/payee-keys.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Context } from '../../../runtime/context.ts'

const keyOf = (index: number) => new Uint8Array(32).fill(index)

/** A registry that can be asked, and a clock that goes on by hand. */
function world() {
  const registry = new Set<number>()
  const asked: number[] = []
  const due: (() => void)[] = []
  const ask = (
    _: unknown,
    __: string,
    ___: string,
    { index }: { index: number },
    { ok, failed }: { ok: (key: Hex | undefined) => void; failed: () => void },
  ) => {
    asked.push(index)
    due.push(() => {
      if (index === BROKEN) failed()
      else ok(registry.has(index) ? bytesToHex(keyOf(index)) : undefined)
    })
  }
  const after = (_: string, __: number, run: () => void) => due.push(run)
  const keys = new PayeeKeys({ ask, after } as unknown as Context, 'a')
  const settle = () => {
    while (due.length > 0) due.shift()?.()
  }
  return { keys, registry, asked, settle }
}

const BROKEN = 99

test('indices that nobody registers are given up and forgotten', () => {
  const { keys, asked, settle } = world()
  let done = 0
  for (let index = 100; index < 1100; index += 10) {
    const ten = [...new Array(10).keys()].map((i) => index + i)
    keys.need(ten, () => done++)
    keys.need([BROKEN, ...ten], () => done++)
    assert.is(keys.asked, 11)
    settle()
    assert.is(keys.asked, 0)
  }
  assert.is(done, 200)
  // Each ten times, and not twice as often for the two that waited for them.
  assert.is(asked.length, 10 * (1000 + 100))
})

test('what was not there is asked for again by who needs it next, and found', () => {
  const { keys, registry, asked, settle } = world()
  const seen: (Uint8Array | undefined)[] = []
  const need = () => keys.need([7, 8], () => seen.push(keys.keyOf(7)))
  registry.add(8)
  need()
  settle()
  registry.add(7)
  need()
  assert.is(seen.length, 1)
  settle()
  need()
  assert.equal(seen, [undefined, keyOf(7), keyOf(7)])
  assert.is(keys.asked, 0)
  assert.is(asked.length, 12)
})

test.run()

// A view's time begins only when a transaction waits that is in no block yet: each answer of the
// block-builder, and what may have changed before it comes.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WaitingWork } from '../../../actors/validator/waiting-work.ts'
import type { SimplexState } from '../../../protocol/consensus/simplex-state.ts'
import type { Context } from '../../../runtime/context.ts'

interface Asked {
  readonly parent: string
  readonly ok: (has: boolean) => void
  readonly failed: () => void
}

/** A core that stands on `final` or on the block that its view before has notarised. */
function world() {
  const asked: Asked[] = []
  const views = new Map<number, { notarised?: { blockHash: string }; nullified?: object }>()
  const state = {
    view: 5,
    finalView: 4,
    armed: false,
    final: { hash: '0xf4' },
    tree: { isValid: (hash: string) => hash !== '0xunchecked' },
    viewState: (view: number) => views.get(view) ?? {},
  }
  let found = 0
  const ctx = {
    ask: (_to: unknown, _key: string, _verb: string, body: { parent: string }, on: Asked) =>
      asked.push({ parent: body.parent, ok: on.ok, failed: on.failed }),
  }
  const work = new WaitingWork(ctx as unknown as Context, 'node0', {
    state: () => state as unknown as SimplexState,
    found: () => {
      found++
      state.armed = true
      work.look()
    },
  })
  return { asked, views, state, work, found: () => found }
}

test('nothing begins for a transaction that a block has already', () => {
  const { asked, work, found } = world()
  work.told()
  work.told()
  assert.equal(
    asked.map(({ parent }) => parent),
    ['0xf4'],
    'asked once at a time',
  )
  asked[0]?.ok(false)
  assert.is(asked.length, 2, 'what came meanwhile was not in that answer')
  asked[1]?.ok(false)
  assert.equal([found(), asked.length], [0, 2])
})

test('a view begins when one waits, and when nobody can say', () => {
  for (const answer of [(one: Asked) => one.ok(true), (one: Asked) => one.failed()]) {
    const { asked, work, found } = world()
    work.told()
    answer(asked[0] as Asked)
    assert.equal([found(), asked.length], [1, 1])
  }
})

test('in a view whose time runs nothing is asked', () => {
  const { asked, state, work, found } = world()
  state.armed = true
  work.told()
  assert.equal([found(), asked.length], [1, 0])
})

test('an answer for a view that has ended counts for nothing: the next parent is asked about', () => {
  const { asked, views, state, work, found } = world()
  work.told()
  views.set(5, { notarised: { blockHash: '0xb5' } })
  state.view = 6
  asked[0]?.ok(true)
  assert.equal(
    asked.map(({ parent }) => parent),
    ['0xf4', '0xb5'],
  )
  asked[1]?.ok(false)
  assert.is(found(), 0)
})

test('a notarised block that is not checked yet is waited for', () => {
  const { asked, views, state, work, found } = world()
  views.set(5, { notarised: { blockHash: '0xunchecked' } })
  state.view = 6
  work.told()
  work.look()
  assert.is(asked.length, 0)
  views.set(5, { notarised: { blockHash: '0xb5' } })
  work.look()
  asked[0]?.ok(true)
  assert.is(found(), 1)
})

test.run()

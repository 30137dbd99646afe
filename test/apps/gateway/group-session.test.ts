// A group whose sequencer takes over while several of its submissions are on their way.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ChainUnavailable } from '../../../apps/gateway/chain-access.ts'
import { GroupSession } from '../../../apps/gateway/rollup/group-session.ts'
import type { SubmitReply } from '../../../apps/gateway/rollup/rollup-access.ts'
import { FakeRollup, TAKEN } from './fake-rollup.ts'

const NOT: SubmitReply = { ...TAKEN, code: 'NOT_SEQUENCER', accepted: 0 }

function later() {
  let resolve!: (reply: SubmitReply) => void
  const promise = new Promise<SubmitReply>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

test('one that is refused does not end the listening for one that was asked after it', async () => {
  const rollup = new FakeRollup()
  rollup.names = ['one']
  const [first, second] = [later(), later()]
  rollup.replies = [first.promise, second.promise]
  const lost: number[] = []
  const session = new GroupSession(rollup, 0, { event: () => {}, lost: (n) => lost.push(n) })
  const submits = [session.submit(1, new Uint8Array(4)), session.submit(2, new Uint8Array(4))]
  first.resolve(NOT)
  second.resolve(TAKEN)
  assert.equal(
    (await Promise.all(submits)).map(({ code }) => code),
    ['NOT_SEQUENCER', ''],
  )
  assert.equal([rollup.left, lost], [[], []])
  session.close()
})

test('what was taken by a node that was given up meanwhile is said to be lost', async () => {
  const rollup = new FakeRollup()
  rollup.names = ['one']
  const taken = later()
  rollup.replies = [taken.promise, new ChainUnavailable('no answer'), TAKEN]
  const lost: number[] = []
  const session = new GroupSession(rollup, 0, { event: () => {}, lost: (n) => lost.push(n) })
  const first = session.submit(1, new Uint8Array(4))
  let why = ''
  await session.submit(2, new Uint8Array(4)).catch((error) => {
    why = error.message
  })
  assert.is(why, 'no sequencer answers')
  taken.resolve(TAKEN)
  assert.is((await first).code, '')
  assert.equal(lost, [1])
  session.close()
})

test('one that does not answer is asked last for a while, whoever sends there', async () => {
  const rollup = new FakeRollup()
  rollup.names = ['one', 'two', 'three']
  const none = new ChainUnavailable('it starts again')
  const elsewhere = { ...NOT, sequencer: 'one' }
  rollup.replies = [none, NOT, TAKEN, elsewhere, NOT, TAKEN]
  const session = new GroupSession(rollup, 0, { event: () => {}, lost: () => {} })
  const asked = () => rollup.submitted.splice(0).map(({ node }) => node)
  await session.submit(1, new Uint8Array(4))
  assert.equal(asked(), ['one', 'two', 'three'])
  await session.submit(2, new Uint8Array(4))
  assert.equal(asked(), ['three', 'two', 'one'])
  session.close()
})

test.run()

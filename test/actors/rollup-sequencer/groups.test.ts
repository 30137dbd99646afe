// What a group hears: nothing is passed over without a word when the sequencer has started anew,
// and who was answered a moment ago still counts as there.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type GroupEvent, Groups } from '../../../actors/rollup-sequencer/groups.ts'

const GROUP = 7
const EVENT = { kind: 'final', number: 1, root: undefined, final: undefined, dropped: undefined }

/** A sequencer's groups, and what one of them hears. */
function heard() {
  const groups = new Groups()
  const said: { seqs: number[]; lost: boolean }[] = []
  const poll = (events: GroupEvent[], lost: boolean) => {
    said.push({ seqs: events.map(({ seq }) => seq), lost })
  }
  return { groups, said, poll, push: () => groups.push(GROUP, EVENT as Omit<GroupEvent, 'seq'>) }
}

test('a group that has read more than was said here is told that something is lost', () => {
  const { groups, said, poll, push } = heard()
  groups.next(GROUP, 5, 0, poll)
  assert.equal(said, [{ seqs: [], lost: true }])
  groups.next(GROUP, 5, 0, poll)
  push()
  assert.equal(said.at(-1), { seqs: [6], lost: false })
})

test('so is one of which something was taken before it asked', () => {
  const { groups, said, poll, push } = heard()
  groups.seen(GROUP, 0)
  push()
  push()
  groups.next(GROUP, 5, 0, poll)
  assert.equal(said, [{ seqs: [6, 7], lost: true }])
  groups.next(GROUP, 7, 0, poll)
  push()
  assert.equal(said.at(-1), { seqs: [8], lost: false })
})

test('one that was answered is there until it had time to ask again', () => {
  const { groups, said, poll, push } = heard()
  groups.next(GROUP, 0, 0, poll)
  groups.sweep(5000)
  push()
  assert.is(said.length, 1)
  assert.ok(groups.isReachable(GROUP, 5100))
  groups.sweep(5500)
  assert.ok(groups.isReachable(GROUP, 7400))
  assert.not.ok(groups.isReachable(GROUP, 7500))
})

test.run()

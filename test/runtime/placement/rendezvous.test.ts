// Rendezvous hashing: total, the same in any order, and nothing moves but what has to.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rendezvous } from '../../../runtime/placement/rendezvous.ts'

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const members = fc.uniqueArray(name, { minLength: 1, maxLength: 12 })
const keys = fc.uniqueArray(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 60 })

test('every key belongs to one of the members, whatever their order', () => {
  fc.assert(
    fc.property(members, keys, fc.integer({ min: 0, max: 11 }), (group, all, by) => {
      const turned = [...group.slice(by % group.length), ...group.slice(0, by % group.length)]
      for (const key of all) {
        const owner = rendezvous(key, group)
        assert.ok(group.includes(owner))
        assert.is(rendezvous(key, turned.reverse()), owner)
      }
    }),
  )
})

test('a member that leaves gives up its own keys only; one that joins takes only what it wins', () => {
  fc.assert(
    fc.property(members, name, keys, (group, joining, all) => {
      fc.pre(!group.includes(joining))
      for (const key of all) {
        const before = rendezvous(key, group)
        const after = rendezvous(key, [...group, joining])
        assert.ok(after === before || after === joining)
      }
    }),
  )
})

test('keys spread evenly: no member has twice its share', () => {
  const group = Array.from({ length: 8 }, (_, i) => `node${i}`)
  const counts = new Map(group.map((member) => [member, 0]))
  for (let i = 0; i < 8000; i++) {
    const owner = rendezvous(`shard/${i}`, group)
    counts.set(owner, (counts.get(owner) ?? 0) + 1)
  }
  for (const [member, count] of counts) {
    assert.ok(count > 700 && count < 1300, `${member} has ${count} of 8000 keys`)
  }
})

test('the answers are pinned: every version must give the same ones', () => {
  const group = ['node0', 'node1', 'node2', 'node3']
  const owners = ['scheduler/main', 'shard/0', 'shard/1', 'shard/2'].map((k) =>
    rendezvous(k, group),
  )
  assert.equal(owners, ['node3', 'node0', 'node3', 'node2'])
})

test('without a member there is no answer', () => {
  assert.throws(() => rendezvous('a', []), /needs a member/)
})

test.run()

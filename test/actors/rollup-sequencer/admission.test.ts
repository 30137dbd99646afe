// What is checked before it is taken in: the signatures that a batch will need. A bad one is
// refused alone; whoever is expected to co-sign costs nothing yet.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Admission, type Submitted } from '../../../actors/rollup-sequencer/admission.ts'
import { bytesColumn } from '../../../actors/rollup-sequencer/columns.ts'
import { Groups } from '../../../actors/rollup-sequencer/groups.ts'
import { OpenBatch, UNCHECKED } from '../../../actors/rollup-sequencer/open-batch.ts'
import { Pending } from '../../../actors/rollup-sequencer/pending.ts'
import type { Turn } from '../../../actors/rollup-sequencer/turn.ts'
import { writeBody } from '../../../protocol/rollup/write-body.ts'
import type { Context } from '../../../runtime/context.ts'

interface Asked {
  readonly verb: string
  readonly answer: {
    ok(reply: { code: string; bad: Uint8Array; nonces: Uint8Array }): void
    failed(): void
  }
}

const bytesOf = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer)

function world(checksSenders = false) {
  const asked: Asked[] = []
  let isOurs = true
  const ctx = {
    now: () => 100,
    wallTime: () => 100,
    reached: () => {},
    ask: (_kind: unknown, _key: string, verb: string, _body: unknown, answer: Asked['answer']) =>
      asked.push({ verb, answer }),
  } as unknown as Context
  const turn = { isOurs: () => isOurs, first: () => 'b' } as unknown as Turn
  const [pending, groups] = [new Pending(), new Groups()]
  const props = { node: 'a', shard: 0, checksSenders }
  const alive = { isDead: () => false }
  const admission = new Admission(ctx, props, pending, groups, turn, alive)
  const said: Submitted[] = []
  /** Accounts 10, 11 … pay; signatures come for those at the positions. */
  const submit = (group: number, first: number, positions: readonly number[], count = 4) => {
    const column = (value: number) => new Uint32Array(positions.length).fill(value)
    const body = writeBody({
      shard: 0,
      number: 0,
      signature: new Uint8Array(96),
      sections: [
        {
          kind: 'sparse',
          from: Uint32Array.from({ length: count }, (_, i) => first + i),
          to: new Uint32Array(count),
          amountLo: new Uint32Array(count).fill(1),
          amountHi: new Uint32Array(count),
        },
      ],
      absent: {
        positions: Uint32Array.from(positions),
        maxFees: column(5),
        notAfters: column(50),
        signatures: new Uint8Array(64 * positions.length),
      },
    })
    admission.submit({ group, submission: 1, body }, (submitted) => said.push(submitted))
  }
  const loseTurn = () => {
    isOurs = false
  }
  return { asked, said, pending, groups, submit, loseTurn }
}

test('signatures for some are checked first: a bad one is refused alone', () => {
  const { asked, said, pending, submit } = world()
  submit(1, 10, [1, 3])
  assert.equal([said.length, pending.size, asked[0]?.verb], [0, 0, 'Check'])
  // Meanwhile one of its senders has something else under way.
  submit(2, 12, [], 1)
  assert.is(said[0]?.accepted, 1)
  asked[0]?.answer.ok({ code: '', bad: bytesOf([1]), nonces: bytesOf([7, 9]) })
  const last = said[1] as Submitted
  assert.equal([last.code, last.accepted], ['', 2])
  assert.equal([...bytesColumn(last.refused)], [2, 1])
  assert.equal([...last.refusedCodes], [0, 4])
  const taken = pending.take()
  assert.ok(taken)
  assert.equal([...taken.from], [10, 12, 13])
  const batch = new OpenBatch(taken)
  const nonces = [0, 1, 2].map((position) => batch.ordinaryAt(position)?.nonce)
  assert.equal(nonces, [undefined, undefined, 9])
})

test('signatures for all are left until one is needed, unless nobody waits for the group', () => {
  const { asked, said, pending, groups, submit } = world()
  submit(1, 10, [0, 1, 2, 3])
  assert.equal([asked.length, said[0]?.accepted], [0, 4])
  const taken = pending.take()
  assert.ok(taken)
  assert.is(new OpenBatch(taken).ordinaryAt(0)?.nonce, UNCHECKED)
  groups.missed(1, 99)
  submit(1, 20, [0, 1, 2, 3])
  assert.is(asked.length, 1)
  asked[0]?.answer.ok({ code: '', bad: bytesOf([]), nonces: bytesOf([0, 0, 0, 0]) })
  assert.is(said[1]?.accepted, 4)
})

test('what could not be checked is left for the seal; after our turn nothing is taken in', () => {
  const { asked, said, pending, submit, loseTurn } = world()
  submit(1, 10, [0])
  asked[0]?.answer.failed()
  submit(1, 20, [0])
  asked[1]?.answer.ok({ code: 'UNCHECKED', bad: bytesOf([]), nonces: bytesOf([]) })
  submit(1, 30, [0])
  loseTurn()
  asked[2]?.answer.ok({ code: '', bad: bytesOf([]), nonces: bytesOf([0]) })
  const codes = said.map(({ code, accepted }) => [code, accepted])
  assert.equal(codes, [
    ['', 4],
    ['', 4],
    ['NOT_SEQUENCER', 0],
  ])
  const taken = pending.take()
  assert.ok(taken)
  const batch = new OpenBatch(taken)
  assert.equal(
    [0, 4].map((at) => batch.ordinaryAt(at)?.nonce),
    [UNCHECKED, UNCHECKED],
  )
})

test('a sequencer that checks every sender takes nothing in unchecked', () => {
  const { asked, said, pending, submit } = world(true)
  submit(1, 10, [0, 1, 2])
  submit(1, 10, [0, 1, 2, 3])
  submit(1, 20, [0, 1, 2, 3])
  assert.equal([said.length, said[0]?.code, asked.length], [1, 'NEEDS_SIGNATURES', 2])
  asked[0]?.answer.ok({ code: '', bad: bytesOf([2]), nonces: bytesOf([0, 0, 0, 0]) })
  asked[1]?.answer.failed()
  assert.equal([said[1]?.accepted, said[2]?.code, pending.size], [3, 'BUSY', 3])
})

test.run()

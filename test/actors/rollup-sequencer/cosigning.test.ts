// A group whose senders sign each for itself: its answer counts once it was checked, whose does not
// hold goes by what he signed before, and nobody waits for more than the check.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CosignRound } from '../../../actors/rollup-sequencer/cosign-round.ts'
import { Cosigning } from '../../../actors/rollup-sequencer/cosigning.ts'
import { Groups } from '../../../actors/rollup-sequencer/groups.ts'
import { OpenBatch } from '../../../actors/rollup-sequencer/open-batch.ts'
import { Pending } from '../../../actors/rollup-sequencer/pending.ts'
import type { Assembled, ShardDesk } from '../../../actors/rollup-sequencer/shard-desk.ts'
import { NOBODY_ABSENT } from '../../../protocol/rollup/write-body.ts'
import type { Context } from '../../../runtime/context.ts'
import { submitted } from './submitted.ts'

type Checked = Parameters<Parameters<ShardDesk['cosigners']>[1]>[0]

const GROUPS = [1, 2]
const ROOT = `0x${'ab'.repeat(32)}` as const
const DRAFT = { number: 7, txRoot: ROOT, transfers: 8, fee: 0 } as Assembled
const SUM = new Uint8Array(96).fill(3)
const bytesOf = (numbers: readonly number[]) => new Uint8Array(Uint32Array.from(numbers).buffer)

function world() {
  const timers = new Map<string, () => void>()
  const ctx = {
    now: () => 100,
    wallTime: () => 100,
    reached: () => {},
    after: (name: string, _ms: number, run: () => void) => timers.set(name, run),
    cancel: (name: string) => timers.delete(name),
  } as unknown as Context
  const asked: { runs: Uint32Array; ok(checked: Checked): void; failed(): void }[] = []
  const desk = {
    proofs: (_number: number, _positions: Uint8Array, ok: (paths: Uint8Array) => void) =>
      ok(new Uint8Array(4 * 2 * 3 * 32)),
    cosigners: (
      { runs }: { runs: Uint8Array },
      ok: (checked: Checked) => void,
      failed: () => void,
    ) => asked.push({ runs: new Uint32Array(Uint8Array.from(runs).buffer), ok, failed }),
  } as unknown as ShardDesk
  const [groups, pending] = [new Groups(), new Pending()]
  for (const group of GROUPS) {
    groups.next(group, 0, 100, () => {})
    pending.add(submitted(group, 10 * group), 100, new Uint32Array(0))
  }
  const taken = pending.take()
  assert.ok(taken)
  const cosigning = new Cosigning(ctx, 0, desk, groups)
  const ended: CosignRound[] = []
  cosigning.ask(new OpenBatch(taken), DRAFT, (round) => ended.push(round), assert.unreachable)
  const answer = (group: number, senders: number, positions: readonly number[] = []) => {
    const absent = { ...NOBODY_ABSENT, positions: Uint32Array.from(positions) }
    cosigning.answer(group, 7, ROOT, { signature: new Uint8Array(96 * senders), absent })
  }
  const late = () => timers.get('cosign')?.()
  return { asked, ended, groups, answer, late, timers }
}

const good = (bad: readonly number[] = []): Checked => ({
  code: '',
  bad: bytesOf(bad),
  signature: SUM,
})

test('each signature is checked, and whose does not hold counts as absent', () => {
  const { asked, ended, answer, timers } = world()
  answer(1, 3)
  assert.is(asked.length, 0, 'three signatures for four senders are no answer')
  answer(1, 3, [2])
  answer(1, 3, [2])
  assert.equal(asked.length, 1)
  assert.equal([...(asked[0]?.runs ?? [])], [0, 2, 3, 1])
  answer(2, 1)
  assert.is(ended.length, 0, 'the check of the first group is waited for')
  asked[0]?.ok(good([1]))
  assert.is(ended.length, 1)
  assert.not.ok(timers.has('cosign'))
  const { cosigned, absent, unsigned } = ended[0]?.result() as ReturnType<CosignRound['result']>
  assert.equal([[...absent.positions], unsigned], [[1, 2], []])
  const runs = cosigned.map(({ group, runs }) => [group, ...runs])
  assert.equal(runs, [
    [1, 0, 1, 3, 1],
    [2, 4, 4],
  ])
  assert.equal(cosigned[0]?.signature, SUM)
})

test('who signed nothing before and signs badly now is left out', () => {
  const { asked, ended, answer } = world()
  answer(2, 1)
  answer(1, 4)
  asked[0]?.ok(good([3]))
  const { unsigned, failed } = ended[0]?.result() as ReturnType<CosignRound['result']>
  assert.equal([unsigned, [...failed]], [[3], [1]])
})

test('who gives mostly rubbish is not waited for the next time', () => {
  const { asked, groups, answer } = world()
  answer(1, 4)
  asked[0]?.ok(good([0, 1, 2]))
  assert.equal(
    GROUPS.map((group) => groups.isAwaited(group, 101)),
    [false, true],
  )
})

test('when time is up the check is still waited for, and nobody else', () => {
  const { asked, ended, groups, answer, late } = world()
  answer(1, 4)
  late()
  late()
  assert.is(ended.length, 0)
  assert.equal(
    GROUPS.map((group) => groups.isAwaited(group, 101)),
    [true, false],
  )
  asked[0]?.failed()
  const { cosigned, absent, unsigned } = ended[0]?.result() as ReturnType<CosignRound['result']>
  assert.is(cosigned.length, 0)
  assert.equal(
    [[...absent.positions], unsigned],
    [
      [0, 1, 2, 4, 5, 6],
      [3, 7],
    ],
  )
})

test.run()

// How many operations the shard's market takes in: those whose keys and signatures are still being
// looked at count with those that wait.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Market } from '../../../actors/shard/market.ts'
import { LIMITS_AT } from '../../../actors/shard/operation-pool.ts'
import { ROLLUP_PENDING_OPERATIONS_MAX } from '../../../config/shard-limits.ts'
import { LOCK_BLOCKS_MAX, OPERATIONS_MAX } from '../../../protocol/params.ts'
import { encodeOperation, LOCK_WORDS, OPERATION_LOCK } from '../../../protocol/rollup/operations.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import type { Context } from '../../../runtime/context.ts'

const [OWNER, STRANGER, PAYEE, LOCK] = [1, 2, 3, 4]
const DEADLINE = 1000
/** Full messages that may wait. */
const MESSAGES = ROLLUP_PENDING_OPERATIONS_MAX / OPERATIONS_MAX

type Parts = ConstructorParameters<typeof Market>[1]
type Checked = (bad: readonly number[] | undefined) => void

/** `OPERATIONS_MAX` locks of an account, with nonces from `first` on. */
function locks(
  owner: number,
  first: number,
  count = OPERATIONS_MAX,
  deadline = DEADLINE,
): Uint8Array {
  const bytes = new Uint8Array(4 * LOCK_WORDS * count)
  for (let i = 0; i < count; i++) {
    const parties = { party: PAYEE, from: owner, to: LOCK, nonce: first + i }
    const leaf = { kind: OPERATION_LOCK, ...parties, amount: 5n, deadline, use: 0 }
    bytes.set(encodeOperation(leaf), 4 * LOCK_WORDS * i)
    const limits = new Uint8Array(Uint32Array.of(9, DEADLINE).buffer)
    bytes.set(limits, 4 * (LOCK_WORDS * i + LIMITS_AT))
  }
  return bytes
}

function world() {
  const state = new ShardState({ shard: 0, shards: 1 })
  for (const index of [OWNER, STRANGER, PAYEE]) state.table.put(index, 9, 0, 0, 1, 0)
  state.table.used = 5
  /** Checks of keys and of signatures, which end by hand. */
  const looks: (() => void)[] = []
  const checks: Checked[] = []
  const executor = {
    genesisHash: `0x${'11'.repeat(32)}`,
    payees: { need: (_: unknown, then: () => void) => looks.push(then) },
    keys: {
      spendKey: (index: number) => (index === OWNER ? new Uint8Array(32) : undefined),
    },
    ordinary: { check: (_: unknown, __: boolean, done: Checked) => checks.push(done) },
  }
  const ctx = { after: () => {}, reached: () => {} } as unknown as Context
  const parts = { line: { state }, executor, isBehind: () => false } as unknown as Parts
  const market = new Market(ctx, parts, () => {})
  const answers: string[][] = []
  const operate = (operations: Uint8Array) => {
    market.operate({ operations, withinMs: 1000 }, ({ code, results }) => {
      answers.push([code, ...new Set(results.map((one) => one.code))])
    })
  }
  return { market, looks, checks, answers, operate }
}

test('what is being checked counts, and no more comes to wait than may', () => {
  const { looks, checks, answers, operate } = world()
  for (let i = 0; i < MESSAGES; i++) operate(locks(OWNER, i * OPERATIONS_MAX))
  assert.equal(answers, [])
  const more = () => {
    operate(locks(OWNER, 1_000_000, 1))
    return answers.pop()
  }
  assert.equal(more(), ['BUSY'])
  for (const look of looks) look()
  assert.equal(more(), ['BUSY'])
  for (const done of checks) done([])
  assert.equal(more(), ['BUSY'])
})

test('what does not come to wait makes room', () => {
  const { looks, checks, answers, operate } = world()
  const fill = (owner: number) => {
    for (let i = 0; i < MESSAGES; i++) operate(locks(owner, i * OPERATIONS_MAX))
  }
  const told = () => answers.splice(0).map(String)
  fill(STRANGER)
  for (const look of looks.splice(0)) look()
  for (const done of checks.splice(0)) done([])
  assert.equal(told(), new Array(MESSAGES).fill(',NOT_REGISTERED'))
  fill(OWNER)
  for (const look of looks.splice(0)) look()
  for (const done of checks.splice(0)) done(undefined)
  assert.equal(told(), new Array(MESSAGES).fill(',BUSY'))
  operate(new Uint8Array(4 * LOCK_WORDS))
  assert.equal(told(), [',UNDECODABLE'])
  fill(OWNER)
  assert.equal(told(), [])
  operate(locks(OWNER, 0, 1))
  assert.equal(told(), ['BUSY'])
})

test('a lock whose deadline is too far from the last final block is refused when it is its turn', () => {
  const { market, looks, checks, answers, operate } = world()
  market.start(50)
  const furthest = 50 + LOCK_BLOCKS_MAX
  for (const deadline of [furthest, furthest + 1]) operate(locks(OWNER, deadline, 1, deadline))
  for (const look of looks) look()
  for (const done of checks) done([])
  const { operations } = market.take(0)
  assert.equal(answers, [['', 'TOO_FAR']])
  assert.equal([operations.locks.length, operations.locks[6]], [LOCK_WORDS, furthest])
})

test.run()

// Keys that a shard has made ahead: of the genesis and of the registry, in a thread of their own;
// after that a check asks the registry for none. Whoever cannot have them made goes on without.

import blst from '@chainsafe/blst'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { AccountBook } from '../../../actors/shard/account-keys.ts'
import { KeysAheadDesk } from '../../../actors/shard/keys-ahead.ts'
import { CohortKeys } from '../../../compute/crypto/cohort-keys.ts'
import { GenesisAccountKeys } from '../../../compute/crypto/genesis-account-keys.ts'
import { GENESIS_KEYS_SEED } from '../../../compute/crypto/genesis-keys.ts'
import { KeyBook, keyBookPublicKeys } from '../../../compute/crypto/key-book.ts'
import { KeyTasks } from '../../../compute/pool/key-tasks.ts'
import type { KeyRun } from '../../../protocol/rollup/signers.ts'
import { signersOfIndices } from '../../../protocol/rollup/signers.ts'
import type { Context } from '../../../runtime/context.ts'
import type { TaskOutcome, TaskRunner } from '../../../runtime/task.ts'

const GENESIS = 4096 + 10
const CONFIG = { accounts: GENESIS, shards: 1 } as ConstructorParameters<
  typeof KeysAheadDesk
>[1]['config']
const book = new KeyBook(GENESIS_KEYS_SEED, keyBookPublicKeys(GENESIS_KEYS_SEED, 9000))

/** What of a context the desk uses; `runs` are those that were started. */
function world(tasks: Pick<TaskRunner, 'start'>) {
  const lines: string[] = []
  const runs: KeyRun[] = []
  const run = (task: { name: string }, input: KeyRun, outcome: TaskOutcome<Uint8Array, never>) => {
    runs.push(input)
    const failed = (reason: 'rejected' | 'failed', detail: string) =>
      outcome.failed({ reason, detail } as Parameters<typeof outcome.failed>[0])
    tasks.start(task.name, input, {
      chunk: () => {},
      ok: (out) => outcome.ok(out as Uint8Array),
      failed,
    })
  }
  const log = (_level: string, event: string) => lines.push(event)
  const ctx = { run, log, now: () => 0, reached: () => {} } as unknown as Context
  return { ctx, lines, runs }
}

function register(registry: AccountBook, index: number): void {
  const blsKey = blst.PublicKey.fromBytes(book.keyOf(index) as Uint8Array).toBytes()
  const spendKey = book.spendKeyOf(index) as Uint8Array
  registry.restore(index, { owner: `0x${'11'.repeat(20)}`, blsKey, spendKey })
}

const registered = [...new Array(20).keys()].map((i) => GENESIS + i)

test('all keys are made, one run at a time, and no check needs to ask for one', async () => {
  const tasks = new KeyTasks()
  const registry = new AccountBook()
  let asked = 0
  const counting = {
    keyOf: (index: number) => {
      asked++
      return registry.keyOf(index)
    },
    spendKeyOf: () => undefined,
  }
  const keys = new CohortKeys(new GenesisAccountKeys(GENESIS, counting), { sums: 'cached' })
  const { ctx, lines, runs } = world(tasks)
  const desk = new KeysAheadDesk(ctx, { shard: 0, config: CONFIG }, keys.ahead, registry)
  const made = async (events: number) => {
    while (lines.length < events) await new Promise((done) => setTimeout(done, 10))
  }
  assert.is(desk.left, GENESIS)
  for (const index of registered) register(registry, index)
  desk.look()
  desk.look()
  assert.is(runs.length, 1)
  await made(1)
  assert.is(desk.left, 0)
  register(registry, 8191)
  register(registry, 8192)
  desk.look()
  await made(2)
  assert.equal(lines, ['keys-made', 'keys-made'])
  const sizes = runs.map(({ first, count, keys: given }) => [first, count, given?.length ?? 0])
  assert.equal(sizes, [
    [0, 4096, 0],
    [4096, 10, 0],
    [GENESIS, 20, 20 * 48],
    [8191, 1, 48],
    [8192, 1, 48],
  ])
  asked = 0
  const digest = new Uint8Array(32).fill(7)
  const all = [...new Array(GENESIS + 20).keys(), 8191, 8192].filter((i) => i % 19 !== 3)
  const indices = Uint32Array.from(all)
  const signature = book.cosign(indices, digest)
  const present = signersOfIndices(indices)
  assert.ok(keys.verify(present, digest, signature))
  assert.not.ok(keys.verify(signersOfIndices(indices.subarray(1)), digest, signature))
  assert.is(asked, 0)
  await tasks.stop()
})

test('without a thread that makes keys a check makes them', () => {
  const registry = new AccountBook()
  const keys = new CohortKeys(new GenesisAccountKeys(GENESIS, registry), { sums: 'cached' })
  const { ctx, lines, runs } = world({
    start: (name, _input, on) => {
      on.failed('rejected', `no task is called ${name} here`)
      return () => {}
    },
  })
  const desk = new KeysAheadDesk(ctx, { shard: 0, config: CONFIG }, keys.ahead, registry)
  desk.look()
  assert.equal([lines, runs.length, desk.left], [['keys-not-made'], 1, 0])
  desk.look()
  assert.is(runs.length, 1)
  const indices = Uint32Array.of(1, 2, 4100)
  const digest = new Uint8Array(32).fill(7)
  assert.ok(keys.verify(signersOfIndices(indices), digest, book.cosign(indices, digest)))
})

test.run()

// The pool of threads: bounded, in order, and every task ends once, whatever happens to its thread.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Piscina } from 'piscina'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WorkPool } from '../../compute/pool/work-pool.ts'
import { POOL_LOSSES_MAX } from '../../config/limits.ts'
import { packageRoot } from '../../lib/package-root.ts'
import type { AnyWork } from '../fixtures/pool/any-work.ts'

interface Answer {
  readonly text: string
  readonly threadId: number
}

const fixture = (name: string) =>
  pathToFileURL(join(packageRoot(), 'test', 'fixtures', 'pool', name))

const pools: WorkPool<AnyWork, Answer>[] = []

function poolOf(options: { threads?: number; queueMax?: number; module?: string } = {}) {
  const losses: number[] = []
  const { threads = 1, queueMax = 8, module = 'any-work.ts' } = options
  const pool = new WorkPool<AnyWork, Answer>({
    module: fixture(module),
    threads,
    queueMax,
    onLoss: (count) => losses.push(count),
  })
  pools.push(pool)
  const ended: string[] = []
  const run = (work: AnyWork) => {
    let cancel = () => {}
    const done = new Promise<Answer>((resolve, reject) => {
      cancel = pool.run(work, [], {
        ok: (answer) => {
          ended.push(answer.text)
          resolve(answer)
        },
        failed: (reason, detail) => {
          ended.push(reason)
          reject(new Error(`${reason}: ${detail}`))
        },
      })
    })
    done.catch(() => {})
    return { done, cancel }
  }
  return { pool, run, ended, losses }
}

const newGate = () => new Int32Array(new SharedArrayBuffer(4))

function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
}

async function refusal(done: Promise<unknown>): Promise<string> {
  return done.then(
    () => 'no failure',
    (error: Error) => error.message,
  )
}

test('no thread before the first task; then as many as fixed', async () => {
  const { pool, run } = poolOf({ threads: 2 })
  assert.is(pool.threads, 0)
  assert.is((await run({ kind: 'answer', text: 'a' }).done).text, 'a')
  assert.is(pool.threads, 2)
})

test('a full queue refuses at once; what was taken ends in order', async () => {
  const { run, ended } = poolOf({ queueMax: 2 })
  const gate = newGate()
  const first = run({ kind: 'wait', text: 'first', gate })
  const second = run({ kind: 'answer', text: 'second' })
  const third = run({ kind: 'answer', text: 'third' })
  const fourth = run({ kind: 'answer', text: 'fourth' })
  assert.is(await refusal(fourth.done), 'rejected: 2 tasks wait already')
  open(gate)
  await Promise.all([first.done, second.done, third.done])
  assert.equal(ended, ['rejected', 'first', 'second', 'third'])
})

test('cancelled while it waits: taken out, its place is free, its thread goes on', async () => {
  const { run, losses, ended } = poolOf({ queueMax: 1 })
  const gate = newGate()
  const first = run({ kind: 'wait', text: 'first', gate })
  const second = run({ kind: 'answer', text: 'second' })
  second.cancel()
  const third = run({ kind: 'answer', text: 'third' })
  open(gate)
  assert.is((await first.done).threadId, (await third.done).threadId)
  assert.equal([ended, losses], [['first', 'third'], []])
})

test('cancelled while it hangs: its thread is ended, the next task gets another', async () => {
  const { run, losses, ended } = poolOf()
  const before = await run({ kind: 'answer', text: 'before' }).done
  const hanging = run({ kind: 'wait', gate: newGate() })
  const next = run({ kind: 'answer', text: 'next' })
  hanging.cancel()
  assert.is.not((await next.done).threadId, before.threadId)
  assert.equal([ended, losses], [['before', 'next'], [1]])
})

test('a throw fails its task with its words and leaves the thread alone', async () => {
  const { run, losses } = poolOf()
  const before = await run({ kind: 'answer', text: 'before' }).done
  assert.is(await refusal(run({ kind: 'throw', text: 'no' }).done), 'failed: no')
  assert.is((await run({ kind: 'answer' }).done).threadId, before.threadId)
  assert.equal(losses, [])
})

for (const kind of ['exit', 'crash'] as const) {
  test(`a thread that dies (${kind}) fails its task with the reason; the others go on`, async () => {
    const { run, losses } = poolOf()
    const dying = run({ kind, text: 'broken' })
    const waiting = run({ kind: 'answer', text: 'waiting' })
    assert.match(await refusal(dying.done), kind === 'exit' ? /exited with code: 3/ : /broken/)
    assert.is((await waiting.done).text, 'waiting')
    assert.equal(losses, [1])
  })
}

test('threads that cannot start: every task fails, none hangs, and then none is started', async () => {
  const { pool, run, losses } = poolOf({ module: 'not-there.ts' })
  for (let i = 0; i < POOL_LOSSES_MAX && !pool.broken; i++) {
    assert.match(await refusal(run({ kind: 'answer' }).done), /^failed: /)
  }
  assert.ok(pool.broken)
  assert.is(await refusal(run({ kind: 'answer' }).done), 'failed: the pool keeps crashing')
  assert.is(losses.at(-1), POOL_LOSSES_MAX)
  assert.is(pool.threads, 0)
})

test('stopped: what waits and what runs fails, and nothing is taken any more', async () => {
  const { pool, run } = poolOf()
  const running = run({ kind: 'wait', gate: newGate() })
  const waiting = run({ kind: 'answer' })
  await pool.stop()
  assert.is(await refusal(waiting.done), 'failed: the pool has stopped')
  assert.match(await refusal(running.done), /^failed: /)
  assert.is(await refusal(run({ kind: 'answer' }).done), 'failed: the pool has stopped')
  assert.is(pool.threads, 0)
})

test('why the queue is ours: piscina takes any number of tasks that carry a signal', async () => {
  const piscina = new Piscina({
    filename: join(packageRoot(), 'compute', 'pool', 'boot.mjs'),
    minThreads: 1,
    maxThreads: 1,
    maxQueue: 1,
    workerData: { module: fixture('any-work.ts').href },
  })
  const gate = newGate()
  const { signal } = new AbortController()
  const taken = Array.from({ length: 20 }, () => piscina.run({ kind: 'wait', gate }, { signal }))
  for (const task of taken) task.catch(() => {})
  assert.ok(piscina.queueSize > 10, `only ${piscina.queueSize} wait`)
  open(gate)
  await Promise.all(taken)
  await piscina.destroy()
})

test.after(async () => {
  for (const pool of pools) await pool.stop()
})

test.run()

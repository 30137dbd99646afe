// Tasks: every one ends once, and with the incarnation that started it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type TaskRunner, task } from '../../runtime/task.ts'
import { Probe, probe, TestWorld } from '../kit/hosts.ts'

const Work = task<string, string, string>('work')

type On = Parameters<TaskRunner['start']>[2]

/** A runner whose tasks end when the test says. */
function bench() {
  const started: { name: string; input: unknown; on: On }[] = []
  let cancelled = 0
  const tasks: TaskRunner = {
    start(name, input, on) {
      started.push({ name, input, on })
      if (input === 'refuse') on.failed('rejected', 'the queue is full')
      return () => {
        cancelled++
      }
    },
  }
  const world = new TestWorld()
  const host = world.host('a', { tasks })
  const heard: string[] = []
  const worker = probe((ctx) => ({
    Note: (input) => {
      if (input === 'fail') throw new Error('on purpose')
      const cancel = ctx.run(Work, input, {
        within: 100,
        chunk: (chunk) => heard.push(`${ctx.incarnation} chunk ${chunk}`),
        ok: (out) => heard.push(`${ctx.incarnation} ok ${out}`),
        failed: ({ reason, target, ageMs, detail }) =>
          heard.push(`${ctx.incarnation} ${target.key} ${reason} ${ageMs} ${detail}`),
      })
      if (input === 'cancel') ctx.after('cancel', 10, cancel)
    },
  }))
  host.spawn(worker, 'w', null)
  const tell = (text: string) => {
    host.edge.tell(Probe, 'w', 'Note', text)
    world.run()
    return started.at(-1) as (typeof started)[number]
  }
  return { world, host, heard, tell, cancelled: () => cancelled }
}

test('chunks, then the result, once; what comes after is dropped', () => {
  const { world, heard, tell, cancelled } = bench()
  const { name, input, on } = tell('x')
  assert.equal([name, input], ['work', 'x'])
  on.chunk('1')
  on.chunk('2')
  on.ok('done')
  on.ok('again')
  on.chunk('3')
  on.failed('failed', 'late')
  world.run(1000)
  assert.equal(heard, ['0 chunk 1', '0 chunk 2', '0 ok done'])
  assert.is(cancelled(), 0)
})

test('failed, and rejected at once', () => {
  const { world, heard, tell } = bench()
  tell('x').on.failed('failed', 'broken')
  tell('refuse')
  world.run(1000)
  assert.equal(heard, ['0 work failed 1 broken', '0 work rejected 0 the queue is full'])
})

test('expired at its deadline, and then the runner is told to stop', () => {
  const { world, heard, tell, cancelled } = bench()
  const { on } = tell('x')
  world.run(1000)
  on.ok('late')
  world.run()
  assert.equal(heard, ['0 work expired 100 not done within 100 ms'])
  assert.is(cancelled(), 1)
})

test('cancelled: the runner is told, and nothing is heard any more', () => {
  const { world, heard, tell, cancelled } = bench()
  const { on } = tell('cancel')
  world.run(50)
  on.ok('late')
  world.run(1000)
  assert.equal(heard, [])
  assert.is(cancelled(), 1)
})

test('a restart cancels the tasks of the old incarnation', () => {
  const { world, heard, tell, cancelled } = bench()
  const { on } = tell('x')
  tell('fail')
  on.ok('of the dead')
  world.run(1000)
  assert.is(cancelled(), 1)
  tell('y').on.ok('of the living')
  world.run(1000)
  assert.equal(heard, ['1 ok of the living'])
})

test.run()

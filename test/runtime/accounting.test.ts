// Work in flight is accounted for: whatever actors, supervisors and operators do, every message
// ends as exactly one of handled and dead letter with its reason, every ask is answered exactly
// once, and the sums add up.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { str, struct, u53 } from '../../lib/schema.ts'
import { actor } from '../../runtime/actor.ts'
import type { Host } from '../../runtime/host.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'
import { ref } from '../../runtime/ref.ts'
import { TestWorld } from '../kit/hosts.ts'

const KEYS = ['k0', 'k1', 'k2', 'k3'] as const

const Order = struct({ id: u53, act: str(16), to: str(8) })
const Orders = messages('worker', 1, {
  Do: tell(Order),
  Now: tell(Order, 'control'),
  Say: ask(Order, u53),
})

const ACTS = ['ok', 'crash', 'stop', 'stash', 'unstash', 'tell', 'ask', 'later', 'never'] as const

class Ledger {
  private next = 0
  readonly handled = new Map<number, number>()
  readonly dead = new Map<number, number>()
  readonly answered = new Map<number, number>()
  readonly asked: number[] = []
  refused = 0

  issue(): number {
    return this.next++
  }

  get issued(): number {
    return this.next
  }

  count(book: Map<number, number>, id: number): void {
    book.set(id, (book.get(id) ?? 0) + 1)
  }
}

const worker = (overflow: 'reject' | 'drop-oldest') =>
  actor({
    messages: Orders,
    restart: 'permanent',
    mailbox: { capacity: 3, overflow },
    intensity: { failures: 3, withinMs: 1000 },
    backoff: { firstMs: 5, maxMs: 20 },
    setup(ctx, ledger: Ledger) {
      const act = (order: { id: number; act: string; to: string }, reply?: (n: number) => void) => {
        if (order.act === 'crash') throw new Error('on purpose')
        if (order.act === 'stash' && ctx.incarnation % 2 === 0) {
          ctx.stash()
          ctx.stash()
          return
        }
        ledger.count(ledger.handled, order.id)
        if (order.act === 'stop') ctx.stop()
        if (order.act === 'unstash') ctx.unstash()
        const next = { id: 0, act: 'ok', to: '' }
        if (order.act === 'tell') {
          ctx.tell(Orders, order.to, 'Do', { ...next, id: ledger.issue() })
        }
        if (order.act === 'ask') {
          ctx.ask(
            Orders,
            order.to,
            'Say',
            { ...next, id: ledger.issue() },
            {
              within: 30,
              ok: (n) => reply?.(n),
              failed: () => {},
            },
          )
        } else if (order.act === 'later') ctx.after('later', 10, () => reply?.(order.id))
        else if (order.act !== 'never') reply?.(order.id)
      }
      return { Do: act, Now: act, Say: act }
    },
  })

const order = fc.record({
  act: fc.constantFrom(...ACTS),
  key: fc.constantFrom(...KEYS, 'nobody'),
  to: fc.constantFrom(...KEYS),
})
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constantFrom('Do', 'Now', 'Say'), order }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom('pause', 'resume', 'restart', 'kill', 'spawn'),
      order,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom('wait 0', 'wait 4', 'wait 40'), order }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function perform(world: TestWorld, host: Host, ledger: Ledger, { what, order: o }: Step): void {
  const target = ref('worker', o.key)
  const body = () => ({ id: ledger.issue(), act: o.act, to: o.to })
  if (what.startsWith('wait')) world.run(Number(what.slice(5)))
  else if (what === 'Do' || what === 'Now') host.edge.tell(Orders, o.key, what, body())
  else if (what === 'Say') {
    const one = body()
    ledger.asked.push(one.id)
    const answer = () => ledger.count(ledger.answered, one.id)
    const route = host.routes.find('worker', o.key)
    const outcome = { within: 25, ok: answer, failed: answer }
    host.asks.start(Orders, route, 'Say', one, outcome, undefined, undefined)
  } else if (what === 'pause') host.pause(target)
  else if (what === 'resume') host.resume(target)
  else if (what === 'restart') host.restart(target)
  else if (what === 'kill') host.kill(target)
  else if (!host.cellOf(target)) host.spawn(worker('reject'), o.key, ledger)
}

test('every message is handled or a dead letter, every ask is answered, exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.constantFrom('one-for-one', 'one-for-all', 'rest-for-one'),
      fc.constantFrom('reject', 'drop-oldest'),
      async (steps, strategy, overflow) => {
        const world = new TestWorld()
        const ledger = new Ledger()
        const host = world.host('a')
        const refuse = host.refuse.bind(host)
        host.refuse = (message, reason, detail) => {
          ledger.refused++
          ledger.count(ledger.dead, (message.body as { id: number }).id)
          refuse(message, reason, detail)
        }
        for (const key of KEYS) host.spawn(worker(overflow), key, ledger, strategy)
        for (const one of steps) perform(world, host, ledger, one)
        world.run(100)
        const running = host.snapshot()
        assert.is(running.asksOpen, 0, 'the last deadline is past')
        await host.stop()
        for (let id = 0; id < ledger.issued; id++) {
          const ends = (ledger.handled.get(id) ?? 0) + (ledger.dead.get(id) ?? 0)
          assert.is(ends, 1, `message ${id} ended ${ends} times`)
        }
        for (const id of ledger.asked) assert.is(ledger.answered.get(id), 1, `ask ${id}`)
        assert.is(ledger.handled.size + ledger.dead.size, ledger.issued)
        const counts = Object.values(host.snapshot().deadLetterCounts)
        assert.is(
          counts.reduce((sum, n) => sum + n, 0),
          ledger.refused,
        )
        assert.is(host.snapshot().total, 0)
      },
    ),
    { numRuns: 1000 },
  )
})

test.run()

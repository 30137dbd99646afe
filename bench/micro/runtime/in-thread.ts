// What a message costs within one thread: tells between two actors, tells over a circle of pairs,
// asks, and one actor that tells ten thousand; against a plain function call and against nact.

import { u53 } from '../../../lib/schema.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Host } from '../../../runtime/host.ts'
import { messages, tell } from '../../../runtime/messages.ts'
import { markReader, newCounters } from '../../../runtime/metrics/host-counters.ts'
import { nactAsks, nactFanOut, nactTells } from './nact-peer.ts'
import { realHost } from './real-host.ts'
import { Rounds, rateOf } from './rounds.ts'
import { Sink } from './sink-messages.ts'

const TELLS = 1_000_000
const NACT_TELLS = 200_000
const NACT_ASKS = 20_000
const NACT_FANOUT_ROUNDS = 10
const ASKS = 200_000
const EDGE_ASKS = 20_000
const FANOUT_ACTORS = 10_000
const FANOUT_ROUNDS = 50
const ROUNDS = 7
/** Messages a sender has under way: as many as its peer's mailbox and one slice can take. */
const WINDOW = 64

const Source = messages('source', 1, {
  Go: tell(u53),
  More: tell(u53),
  Ask: tell(u53),
})

interface Totals {
  sum: number
  done: () => void
}

const MAILBOX = { capacity: 4096, overflow: 'reject' as const }

/** Increments, and asks its source for more at every full window, as a real pair would. */
const sink = actor({
  messages: Sink,
  restart: 'temporary',
  mailbox: MAILBOX,
  setup(ctx, totals: Totals) {
    let sum = 0
    return {
      Add(n) {
        sum += n
        if (sum % WINDOW === 0) ctx.tell(Source, 'source', 'More', sum)
      },
      Sum(_, reply) {
        totals.sum = sum
        reply(sum)
      },
    }
  },
})

const counter = actor({
  messages: Sink,
  restart: 'temporary',
  mailbox: MAILBOX,
  setup(_, totals: Totals) {
    return {
      Add(n) {
        totals.sum += n
      },
      Sum: (_, reply) => reply(totals.sum),
    }
  },
})

const source = actor({
  messages: Source,
  restart: 'temporary',
  mailbox: MAILBOX,
  setup(ctx, totals: Totals) {
    let left = 0
    const send = () => {
      const now = Math.min(left, WINDOW)
      for (let i = 0; i < now; i++) ctx.tell(Sink, 'sink', 'Add', 1)
      left -= now
      if (now === 0) totals.done()
    }
    const askOne = () => {
      if (left-- === 0) totals.done()
      else {
        ctx.ask(Sink, 'sink', 'Sum', null, { within: 5000, ok: askOne, failed: lost })
      }
    }
    return {
      Go(count) {
        left = count
        send()
      },
      More: send,
      Ask(count) {
        left = count
        askOne()
      },
    }
  },
})

function lost(): void {
  throw new Error('an ask was lost')
}

const keys = Array.from({ length: FANOUT_ACTORS }, (_, i) => `k${i}`)

function expect(what: string, got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`${what}: ${got} messages arrived, ${wanted} were sent`)
}

function pair(host: Host): Totals {
  const totals: Totals = { sum: 0, done: () => {} }
  host.spawn(sink, 'sink', totals)
  host.spawn(source, 'source', totals)
  return totals
}

const done = (totals: Totals) => new Promise<void>((resolve) => (totals.done = resolve))

async function tells(reader: boolean): Promise<number> {
  const counters = newCounters()
  const host = realHost({ counters })
  const totals = pair(host)
  const count = TELLS - (TELLS % WINDOW)
  if (reader) markReader(counters)
  // A message each way: the one in 64 that asks for more counts as well.
  const rate = await rateOf(count + count / WINDOW, async () => {
    const ended = done(totals)
    host.edge.tell(Source, 'source', 'Go', count)
    await ended
  })
  expect('tells', await host.edge.ask(Sink, 'sink', 'Sum', null, { within: 1000 }), count)
  await host.stop()
  return rate
}

async function asks(): Promise<number> {
  const host = realHost()
  const totals = pair(host)
  const rate = await rateOf(ASKS, async () => {
    const ended = done(totals)
    host.edge.tell(Source, 'source', 'Ask', ASKS)
    await ended
  })
  await host.stop()
  return rate
}

async function edgeAsks(): Promise<number> {
  const host = realHost()
  pair(host)
  const rate = await rateOf(EDGE_ASKS, async () => {
    for (let i = 0; i < EDGE_ASKS; i++) {
      await host.edge.ask(Sink, 'sink', 'Sum', null, { within: 5000 })
    }
  })
  await host.stop()
  return rate
}

async function fanOut(): Promise<number> {
  const host = realHost()
  const totals: Totals = { sum: 0, done: () => {} }
  for (const key of keys) host.spawn(counter, key, totals)
  host.spawn(fan, 'source', totals)
  const count = FANOUT_ACTORS * FANOUT_ROUNDS
  const rate = await rateOf(count, async () => {
    const ended = done(totals)
    host.edge.tell(Source, 'source', 'Go', FANOUT_ROUNDS)
    await ended
    while (totals.sum < count) await new Promise(setImmediate)
  })
  expect('fan-out', totals.sum, count)
  await host.stop()
  return rate
}

const fan = actor({
  messages: Source,
  restart: 'temporary',
  mailbox: MAILBOX,
  setup(ctx, totals: Totals) {
    let left = 0
    const all = () => {
      for (const key of keys) ctx.tell(Sink, key, 'Add', 1)
      if (--left > 0) ctx.tell(Source, 'source', 'More', left)
      else totals.done()
    }
    return {
      Go(count) {
        left = count
        all()
      },
      More: all,
      Ask() {},
    }
  },
})

/** The raw cost: a call through a property that the compiler cannot know, and an addition. */
function calls(): number {
  const target: { add: (n: number) => void }[] = []
  let sum = 0
  for (let i = 0; i < 4; i++) target.push({ add: (n) => (sum += n + i - i) })
  const count = TELLS * 10
  const started = performance.now()
  for (let i = 0; i < count; i++) (target[i & 3] as { add: (n: number) => void }).add(1)
  const took = performance.now() - started
  expect('calls', sum, count)
  return (count / took) * 1000
}

export interface InThread {
  readonly tells_per_s: number
  readonly vs_nact: number
  readonly nact_tells_per_s: number
  readonly tells_read_per_s: number
  /** Tell rate while somebody reads the counters, over the rate while nobody does. */
  readonly read_vs_unread: number
  readonly fan_out_per_s: number
  readonly fan_out_vs_nact: number
  readonly asks_per_s: number
  readonly asks_vs_nact: number
  readonly edge_asks_per_s: number
  readonly calls_per_s: number
  /** Plain calls in the time of one tell. */
  readonly calls_per_tell: number
  readonly rounds: number
}

export async function inThread(): Promise<InThread> {
  const rounds = new Rounds()
  await rounds.run(ROUNDS, {
    tells: () => tells(false),
    nact: () => nactTells(NACT_TELLS, WINDOW),
    read: () => tells(true),
    fan: fanOut,
    nactFan: () => nactFanOut(FANOUT_ACTORS, NACT_FANOUT_ROUNDS),
    asks,
    nactAsks: () => nactAsks(NACT_ASKS),
    edge: edgeAsks,
    calls,
  })
  return {
    tells_per_s: rounds.median('tells'),
    vs_nact: rounds.ratio('tells', 'nact'),
    nact_tells_per_s: rounds.median('nact'),
    tells_read_per_s: rounds.median('read'),
    read_vs_unread: rounds.ratio('read', 'tells'),
    fan_out_per_s: rounds.median('fan'),
    fan_out_vs_nact: rounds.ratio('fan', 'nactFan'),
    asks_per_s: rounds.median('asks'),
    asks_vs_nact: rounds.ratio('asks', 'nactAsks'),
    edge_asks_per_s: rounds.median('edge'),
    calls_per_s: rounds.median('calls'),
    calls_per_tell: rounds.ratio('calls', 'tells'),
    rounds: ROUNDS,
  }
}

// The flight recorder: a mempool of a real host, with a real clock and links, replayed to the same
// state and effects; every changed byte is found.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Mempool, type MempoolProps } from '../../actors/mempool/mempool.ts'
import { MempoolMessages } from '../../actors/messages/mempool.ts'
import { concatBytes } from '../../lib/bytes.ts'
import { recordActors } from '../../runtime/recorder/record-actors.ts'
import { Recorder } from '../../runtime/recorder/recorder.ts'
import { decodeRecords, encodeRecord, type Record } from '../../runtime/recorder/recording.ts'
import { replay } from '../../runtime/recorder/replay.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { memoryLinks } from '../../transport/memory/memory-link.ts'
import { ChainNode, stopChainNodes } from '../actors/chain/chain-node.ts'
import { Probe, probe, TestWorld } from '../kit/hosts.ts'
import { sign, WALLETS, type Wallet, wallet } from '../protocol/chain-world.ts'

const [ann, ben] = WALLETS as [Wallet, Wallet]

/** Everything that was written, in memory. */
function memorySink() {
  const pieces: Uint8Array[] = []
  return {
    sink: { write: (bytes: Uint8Array) => pieces.push(bytes), close() {} },
    bytes: () => concatBytes(...pieces),
  }
}

async function recordMempool(): Promise<Uint8Array> {
  const { sink, bytes } = memorySink()
  const isMempool = ({ kind }: { kind: string }) => kind === 'mempool'
  const recorder = recordActors('a', isMempool, () => sink)
  const a = new ChainNode('a', new MemoryStore(), ['b'], { wrap: recorder.wrap })
  const b = new ChainNode('b', new MemoryStore(), ['a'])
  const [toB, toA] = memoryLinks()
  a.host.attach('b', toB)
  b.host.attach('a', toA)
  await a.submit([sign(ann, {}), sign(ann, { nonce: 1 }), sign(wallet(4242), {}), sign(ann, {})])
  await b.submit([sign(ben, {})])
  const body = { gasLimit: 30_000_000, baseFee: 7n, max: 10, exclude: [] }
  const taken = await a.host.edge.ask(MempoolMessages, 'a', 'TakeForBlock', body, { within: 5000 })
  assert.ok(taken.transactions.length >= 2)
  recorder.end('asked for')
  return bytes()
}

let recorded: Uint8Array | undefined
const recording = async () => {
  recorded ??= await recordMempool()
  return recorded
}
const replayMempool = (bytes: Uint8Array) =>
  replay(bytes, Mempool, ({ props }) => props as MempoolProps)

/** The same records, one of them changed, with checksums that fit. */
function changed(bytes: Uint8Array, pick: (record: Record) => Record | undefined) {
  let at = -1
  const records = decodeRecords(bytes).map((record, i) => {
    const other = at < 0 ? pick(record) : undefined
    if (other) at = i
    return other ?? record
  })
  assert.ok(at > 0, 'there is such a record')
  return { bytes: concatBytes(...records.map(encodeRecord)), at }
}

test('a live mempool is replayed to the same state and effects', async () => {
  const { divergence, end, inputs, effects, state } = replayMempool(await recording())
  assert.is(divergence, undefined)
  assert.is(end, 'asked for')
  assert.ok(inputs > 5 && effects > 5, `${inputs} inputs, ${effects} effects`)
  assert.ok((state as { pending: number }).pending >= 2)
})

test('a changed byte of an input, of an answer, of an effect is found', async () => {
  const bytes = await recording()
  const input = changed(bytes, (record) => {
    if (record[0] !== 'message' || record[1] !== 'Submit') return undefined
    const [first, ...rest] = (record[2] as { transactions: Uint8Array[] }).transactions
    const raw = Uint8Array.from(first as Uint8Array)
    raw[20] = (raw[20] as number) ^ 1
    return ['message', 'Submit', { transactions: [raw, ...rest] }, true]
  })
  const afterInput = replayMempool(input.bytes).divergence
  assert.ok(afterInput && afterInput.record > input.at, afterInput?.detail)
  const effect = changed(bytes, (record) =>
    record[0] === 'effect' ? ['effect', record[1], 1 + Number(record[2])] : undefined,
  )
  assert.is(replayMempool(effect.bytes).divergence?.record, effect.at)
  const state = changed(bytes, (record) =>
    record[0] === 'end' ? ['end', record[1], { pending: 99, queued: 0 }] : undefined,
  )
  assert.is(replayMempool(state.bytes).divergence?.record, state.at)
})

test('a byte changed in the file is named by its record; a file cut off replays up to there', async () => {
  const bytes = Uint8Array.from(await recording())
  const short = replayMempool(bytes.subarray(0, bytes.length - 3))
  assert.equal([short.divergence, short.end], [undefined, 'cut off'])
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    bytes[at] = byte ^ 4
    assert.throws(() => decodeRecords(bytes), /record \d+ is damaged/, `byte ${at}`)
    bytes[at] = byte
  }
})

test('timers, commits, children, failures and the limit of a recording', () => {
  const actor = probe((ctx) => {
    const seen: string[] = []
    return {
      Note(text) {
        if (text === 'throw') throw new Error('on purpose')
        ctx.after(text, ctx.random(10), () => seen.push(`${text} at ${ctx.now()}`))
        const puts = [{ table: 't', key: Uint8Array.of(1), value: Uint8Array.of(ctx.random(200)) }]
        ctx.store.commit(puts, () => seen.push(`${ctx.store.get('t', Uint8Array.of(1))?.[0]}`))
      },
      inspect: () => seen,
    }
  })
  const world = new TestWorld()
  const sinks: ReturnType<typeof memorySink>[] = []
  const wrap = (self: { kind: string; key: string }, incarnation: number, props: unknown) => {
    const one = memorySink()
    sinks.push(one)
    return new Recorder(one.sink, { self, host: 'a', incarnation, props }, 2000)
  }
  const host = world.host('a', { wrap })
  host.spawn(actor, 'x', null)
  for (const text of ['one', 'two', 'throw']) host.edge.tell(Probe, 'x', 'Note', text)
  world.run(100)
  for (let i = 0; i < 30; i++) {
    host.edge.tell(Probe, 'x', 'Note', `n${i}`)
    world.run(20)
  }
  const [first, second] = sinks.map(({ bytes }) => replay(bytes(), actor, () => null))
  assert.equal([first?.end, first?.divergence], ['failed', undefined])
  assert.equal([second?.end, second?.divergence], ['full', undefined])
  assert.ok((second?.state as string[]).length > 2)
  assert.ok((sinks[1]?.bytes().length ?? 0) < 3000)
})

test.after(stopChainNodes)

test.run()

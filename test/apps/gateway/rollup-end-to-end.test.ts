// The rollup from end to end in one thread: four validators with their shards and sequencers, the
// gateway's socket, a generator with absentees, separate clients, and the auditor's replay.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ClaimsReader } from '../../../bench/scenarios/rollup/claims-reader.ts'
import { ClientFleet } from '../../../bench/scenarios/rollup/clients/client-fleet.ts'
import { prepareRun } from '../../../bench/scenarios/rollup/generator/prepare-run.ts'
import { RollupGenerator } from '../../../bench/scenarios/rollup/generator/rollup-generator.ts'
import { Replay } from '../../../bench/scenarios/rollup/replay.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

const WAIT_MS = 40_000

async function isReady({ gateway }: RealChain): Promise<boolean> {
  const request = { jsonrpc: '2.0', id: 1, method: 'rollup_getHead', params: [] }
  const reply = await fetch(gateway.url, { method: 'POST', body: JSON.stringify(request) })
  const { result } = (await reply.json()) as { result?: { ready: boolean; sequencer: unknown } }
  return result?.ready === true && result.sequencer !== null
}

test('transfers of a generator and of separate clients are final, and the replay agrees', async () => {
  const chain = await startRealChain()
  try {
    const config = readGenesis(chain.network.genesis, blsNative).params.rollup
    while (!(await isReady(chain))) await new Promise((done) => setTimeout(done, 100))
    const ws = [chain.gateway.wsUrl]
    const fleet = await ClientFleet.start({ ws, accounts: config.accounts, absent: 20, groups: 5 })
    fleet.prepare({ name: 'clients', perSecond: 10, seconds: 1, expireMs: WAIT_MS })
    const alone = await fleet.send(WAIT_MS, () => {})
    assert.is(alone.failed, 0, JSON.stringify(alone.refusals))
    assert.is(alone.committed, alone.offered)

    const setup = { ws, accounts: config.accounts, absent: 10, groups: 2 }
    const generator = await RollupGenerator.start(setup)
    // The first cohort is the clients'.
    generator.senders.next(4096)
    const { book, genesisHash, senders } = generator
    const terms = { name: 'run', perSecond: 500, seconds: 1, expireMs: WAIT_MS }
    const run = await prepareRun(terms, senders, { book, genesisHash, absent: 10 }, () => {})
    const load = await generator.run(run, () => {})
    assert.is(load.committed + load.failed + load.expired, load.offered)
    assert.ok(load.committed > 0, JSON.stringify(load.refusals))
    assert.ok(await generator.drain(WAIT_MS))

    // Each sender signs for itself, and one of them badly: it goes by what it signed before.
    const each = await RollupGenerator.start({ ...setup, groups: 1, senders: 'checked' })
    each.senders.next(8192)
    const sign = each.book.cosignEach.bind(each.book)
    each.book.cosignEach = (indices, digest) => sign(indices, digest).copyWithin(96, 0, 96)
    const signing = { book: each.book, genesisHash, absent: 0, signsAll: true }
    const slower = { ...terms, name: 'each', perSecond: 200 }
    const lone = await prepareRun(slower, each.senders, signing, () => {})
    const separate = await each.run(lone, () => {})
    assert.is(separate.committed, separate.offered, JSON.stringify(separate.refusals))
    assert.ok(await each.drain(WAIT_MS))
    const separately = new Set(each.record().batches.map(({ number }) => number))
    let spoilt = 0

    const counted = new Map<number, number>()
    const { batches, refusedRoots } = generator.record()
    assert.equal(refusedRoots, [])
    const heard = [...fleet.record().batches, ...batches, ...each.record().batches]
    for (const { number, final } of heard) {
      counted.set(number, (counted.get(number) ?? 0) + final)
    }
    const reader = await ClaimsReader.open(chain.gateway.wsUrl)
    const replay = new Replay(config, reader.genesisHash)
    const { number: last } = await reader.head()
    for (let number = 1; number <= last; number++) {
      const frame = await reader.claim(number)
      assert.ok(frame, `claim ${number}`)
      const { claim, fault } = replay.next(frame.claim, frame.body)
      assert.is(fault, '', `batch ${number}`)
      const read = readBody(frame.body)
      if (separately.has(number) && read.ok) spoilt += read.body.absent.positions.length
      assert.is(claim.transfers, counted.get(number) ?? 0, `transfers of batch ${number}`)
    }
    assert.ok(replay.roots > 0)
    assert.ok(spoilt >= separately.size && spoilt > 0, `${spoilt} in ${separately.size} batches`)
    reader.close()
    assert.equal(chain.errors, [])
  } finally {
    await chain.stop()
  }
})

test.run()

// One of four validators is an attacker that speaks the protocol of links by hand: whatever it
// floods the others with, they throttle it, then cut it off for a while, and go on making blocks.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import { MempoolMessages } from '../../../actors/messages/mempool.ts'
import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { RUBBISH_MAX, VALIDATOR_PEER_MESSAGES_BURST } from '../../../config/limits.ts'
import { encodeBytes } from '../../../lib/msgpack/codec.ts'
import { prng } from '../../../lib/prng.ts'
import { bytes as anyBytes, str, struct } from '../../../lib/schema.ts'
import { encodeMessage } from '../../../protocol/consensus/consensus-message.ts'
import type { Host } from '../../../runtime/host.ts'
import { message, RawPeer } from '../../kit/raw-peer.ts'
import { MAIN, startRealChain } from '../gateway/real-chain.ts'

const chain = await startRealChain('node')
const [SELF, OTHER] = ['node3', 'node0']
const ATTACKER = 'node3/chain'
/** Deliver without its maximum. */
const AnyDeliver = struct({ from: str(64), message: anyBytes(15 << 20) })
const WITHIN = { within: 5000 }
const random = prng('spam')

const hostOf = (node: string) => chain.hosts.get(`${node}/chain`) as Host
const main = () => chain.hosts.get(MAIN) as Host

function attack(node: string): RawPeer {
  const raw = new RawPeer(hostOf(node), ATTACKER)
  raw.greet({ windowMessages: 1 << 20, windowBytes: 1 << 30 })
  return raw
}

function deliver(raw: RawPeer, from: string, bytes: Uint8Array, count = 1): void {
  const body = encodeBytes(AnyDeliver, { from, message: bytes })
  const to = { kind: 'validator', verb: 'Deliver', key: '' }
  raw.send(
    (writer) => {
      for (let i = 0; i < count; i++) {
        message(writer, { ...to, key: target(raw) }, body, { version: ValidatorMessages.version })
      }
    },
    'control',
    count,
  )
}

const targets = new Map<RawPeer, string>()
const target = (raw: RawPeer) => targets.get(raw) as string

function attackerOf(node: string): RawPeer {
  const raw = attack(node)
  targets.set(raw, node)
  return raw
}

const pause = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await holds()) return
    await pause(25)
  }
  assert.unreachable(`never: ${what}`)
}

async function refusals(node: string): Promise<Record<string, number>> {
  const { edge } = hostOf(node)
  const { refused } = await edge.ask(ValidatorMessages, node, 'Figures', null, WITHIN)
  return Object.fromEntries(refused.map(({ name, count }) => [name, count]))
}

async function height(node: string): Promise<number> {
  return (await main().edge.ask(ArchiveMessages, node, 'Head', null, WITHIN)).height
}

/** The three honest ones are a quorum: blocks go on. */
async function goesOn(): Promise<void> {
  const before = await height('node1')
  await until('another block', async () => (await height('node1')) > before)
}

test.before(async () => {
  await until('blocks', async () => (await height('node1')) >= 1)
  await chain.kill('node3')
})

test('garbage and oversized messages: counted, then the link is closed and refused', async () => {
  const raw = attackerOf('node0')
  for (let i = 0; i < 3; i++) deliver(raw, SELF, new Uint8Array((9 << 20) + 1))
  await pause(0)
  assert.is(
    hostOf('node0')
      .remote.peers()
      .find(({ name }) => name === ATTACKER)?.rubbish,
    3,
  )
  for (let i = 0; i < 2 * RUBBISH_MAX && raw.closedWhy === undefined; i++) {
    deliver(
      raw,
      SELF,
      Uint8Array.from({ length: 40 }, () => random.below(256)),
    )
    await pause(0)
  }
  await until('the link is closed', () => raw.closedWhy === 'sends rubbish')
  const { UNDECODABLE = 0 } = await refusals('node0')
  assert.ok(UNDECODABLE > 0 && UNDECODABLE <= RUBBISH_MAX, `${UNDECODABLE}`)
  assert.match(attackerOf('node0').closedWhy ?? '', /quarantine/)
  await goesOn()
})

test('a flood of valid duplicates: throttled first, then cut off', async () => {
  const raw = attackerOf('node1')
  const duplicate = encodeMessage({
    type: 'status',
    epoch: 0,
    view: 1,
    finalHeight: 0,
    final: undefined,
  })
  const before = await height('node1')
  for (let i = 0; i < 40 && raw.closedWhy === undefined; i++) {
    deliver(raw, SELF, duplicate, 200)
    await pause(1)
    const { THROTTLED = 0 } = await refusals('node1')
    const sent = 200 * (i + 1)
    if (sent <= VALIDATOR_PEER_MESSAGES_BURST) assert.is(THROTTLED, 0, `after ${sent}`)
  }
  await until('the link is closed', () => raw.closedWhy === 'sends rubbish')
  assert.ok(((await refusals('node1')).THROTTLED ?? 0) > 0)
  await until('another block', async () => (await height('node1')) > before)
})

test('votes of others: not taken, whoever signed them', async () => {
  const raw = attackerOf('node2')
  const status = encodeMessage({
    type: 'status',
    epoch: 0,
    view: 99,
    finalHeight: 9,
    final: undefined,
  })
  for (let i = 0; i <= RUBBISH_MAX; i++) {
    deliver(raw, OTHER, status)
    await pause(0)
  }
  await until('the link is closed', () => raw.closedWhy === 'sends rubbish')
  assert.is((await refusals('node2')).NOT_FROM_SENDER, RUBBISH_MAX + 1)
  await goesOn()
})

test('nobody else can make a block final, or answer for the mempool', async () => {
  const host = hostOf('node2')
  const raw = new RawPeer(host, 'node9/chain')
  raw.greet()
  const { Finalised } = MempoolMessages.verbs
  const gone = { height: 1, baseFee: 7n, included: [], accounts: [] }
  const body = encodeBytes(Finalised.body, gone)
  const letters = host.snapshot().deadLetterCounts.rejected ?? 0
  raw.send(
    (writer) => message(writer, { kind: 'mempool', key: 'node2', verb: 'Finalised' }, body),
    'control',
  )
  await pause(0)
  assert.is(host.snapshot().deadLetterCounts.rejected, letters + 1)
  await goesOn()
  assert.equal(
    chain.errors.filter((line) => !line.includes('quarantined')),
    [],
  )
})

test.after(() => chain.stop())

test.run()

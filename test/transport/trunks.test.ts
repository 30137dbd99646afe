// Connections between processes: who gets in, what rubbish costs, and coming back after a loss.

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FRAME_BYTES_MAX, TRUNK_QUARANTINE_MS } from '../../config/limits.ts'
import { realClock } from '../../runtime/real-ports.ts'
import { createNode } from '../../transport/libp2p/create-node.ts'
import { PROTOCOLS } from '../../transport/libp2p/dialer.ts'
import type { Identity } from '../../transport/libp2p/identity.ts'
import { peerIdOf } from '../../transport/libp2p/identity.ts'
import {
  dialerAndListener,
  identityNamed,
  LOOPBACK,
  type Side,
  startPair,
  startSide,
} from './trunk-pair.ts'

const PATIENCE_MS = 10_000
const sleep = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function until(what: string, done: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!done()) {
    assert.ok(performance.now() < end, `waited in vain: ${what}`)
    await sleep(2)
  }
}

const [dialer, listener] = dialerAndListener()
const running: { stop(): unknown }[] = []
test.after.each(async () => {
  for (const one of running.splice(0)) await one.stop()
})

let clockAheadMs = 0
const clock = { ...realClock, now: () => realClock.now() + clockAheadMs }

async function listening(pairMs?: number): Promise<Side> {
  const peers = [{ name: 'dialer', peerId: dialer.peerId, address: LOOPBACK }]
  const after = (ms: number, run: () => void) => realClock.after(pairMs ?? ms, run)
  const side = await startSide({ identity: listener, peers, clock: { ...clock, after } })
  running.push(side.trunks)
  return side
}

/** A node that keeps to no rules of ours. */
async function stranger(identity: Identity): Promise<Libp2p> {
  const node = await createNode({
    privateKey: identity.privateKey,
    listen: [LOOPBACK],
    connectionsMax: 8,
  })
  await node.start()
  running.push(node)
  return node
}

function dial(node: Libp2p, side: Side): Promise<Connection> {
  const address = `${side.trunks.addresses[0]}/p2p/${listener.peerId}`
  return node.dial(multiaddr(address), { force: true })
}

async function refused(node: Libp2p, side: Side): Promise<void> {
  try {
    const connection = await dial(node, side)
    await connection.newStream(PROTOCOLS.control)
    await connection.newStream(PROTOCOLS.data)
  } catch {
    return
  }
  assert.unreachable('a peer that must be refused got both streams')
}

test('a peer id follows from the seed', () => {
  assert.is(peerIdOf(new Uint8Array(32)), '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
})

test('a peer that the topology does not name is refused and counted', async () => {
  const side = await listening()
  const node = await stranger(identityNamed('stranger'))
  await refused(node, side)
  await refused(node, side)
  assert.is(side.trunks.refused.unknown, 2)
  const lines = side.log.filter(([event]) => event === 'connection refused')
  assert.is(lines.length, 1, 'the log has a bounded rate')
  assert.is(lines[0]?.[1].peerId, node.peerId.toString())
  assert.is(side.carriers.length, 0)
})

test('whoever answers at the address of a peer with another identity gets nothing', async () => {
  const node = await stranger(identityNamed('impostor'))
  const address = node.getMultiaddrs()[0]?.decapsulate('/p2p').toString() as string
  const peers = [{ name: 'listener', peerId: listener.peerId, address }]
  const side = await startSide({ identity: dialer, peers })
  running.push(side.trunks)
  await until('a failed dial', () => side.log.some(([event]) => event === 'dial failed'))
  assert.equal([side.carriers.length, side.trunks.connected()], [0, []])
})

test('a peer that should have waited to be dialled is refused: one connection for a pair', async () => {
  const peers = [{ name: 'listener', peerId: listener.peerId, address: LOOPBACK }]
  const side = await startSide({ identity: dialer, peers })
  running.push(side.trunks)
  const node = await stranger(listener)
  const address = `${side.trunks.addresses[0]}/p2p/${dialer.peerId}`
  const connection = await node.dial(multiaddr(address)).catch(() => undefined)
  await connection?.newStream(PROTOCOLS.control).then(
    () => assert.unreachable('it was let in'),
    () => {},
  )
  assert.is(side.trunks.refused.direction, 1)
})

type Streams = { connection: Connection; control: Stream; data: Stream }

async function bothStreams(node: Libp2p, side: Side): Promise<Streams> {
  const connection = await dial(node, side)
  const control = await connection.newStream(PROTOCOLS.control)
  const data = await connection.newStream(PROTOCOLS.data)
  return { connection, control, data }
}

const tooLong = new Uint8Array(4)
new DataView(tooLong.buffer).setUint32(0, FRAME_BYTES_MAX + 1)

const RUBBISH: readonly [string, (node: Libp2p, side: Side) => Promise<unknown>][] = [
  [
    'a length over the maximum',
    async (node, side) => {
      const { data } = await bothStreams(node, side)
      data.send(tooLong)
    },
  ],
  [
    'words of another protocol',
    async (node, side) => {
      const { control } = await bothStreams(node, side)
      control.send(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'))
    },
  ],
  [
    'a third stream',
    async (node, side) => {
      const { connection } = await bothStreams(node, side)
      await connection.newStream(PROTOCOLS.data)
    },
  ],
]

for (const [what, misbehave] of RUBBISH) {
  test(`a peer that sends rubbish goes into quarantine for a while: ${what}`, async () => {
    const side = await listening()
    const node = await stranger(dialer)
    await misbehave(node, side).catch(() => {})
    await until('quarantine', () => side.trunks.rubbish() === 1)
    await until('it is cut off', () => node.getConnections().length === 0)
    await refused(node, side)
    assert.equal(side.trunks.refused, { unknown: 0, quarantined: 1, direction: 0 })
    clockAheadMs += TRUNK_QUARANTINE_MS
    const carriers = side.carriers.length
    await bothStreams(node, side)
    await until('it is let in again', () => side.carriers.length === carriers + 1)
  })
}

test('a peer that opens only one of two streams is not waited for', async () => {
  const side = await listening(20)
  const node = await stranger(dialer)
  const connection = await dial(node, side)
  await connection.newStream(PROTOCOLS.data).catch(() => {})
  await until('quarantine', () => side.trunks.rubbish() === 1)
  assert.equal([side.carriers.length, side.trunks.connected()], [0, []])
})

test('a peer that was restarted is connected again, also at another address', async () => {
  const [near, far] = await startPair()
  running.push(near.trunks)
  await until('connected', () => near.carriers.length === 1 && far.carriers.length === 1)
  await far.trunks.stop()
  await until('lost', () => near.downs.length === 1)
  const address = far.trunks.addresses[0] as string
  const peers = [{ name: 'dialer', peerId: dialer.peerId, address: LOOPBACK }]
  const again = await startSide({ identity: listener, peers, listen: address })
  await until('connected again', () => near.carriers.length === 2 && again.carriers.length === 1)
  const heard: string[] = []
  again.carriers[0]?.onFrame((frame, lane) => heard.push(`${lane} ${frame}`))
  near.carriers[1]?.send(Uint8Array.of(1, 2), 'data')
  await until('a frame', () => heard.length > 0)
  assert.equal(heard, ['data 1,2'])
  await again.trunks.stop()
  await until('lost again', () => near.downs.length === 2)
  const moved = await startSide({ identity: listener, peers })
  running.push(moved.trunks)
  near.trunks.readdress('listener', moved.trunks.addresses[0] as string)
  await until('connected there', () => near.carriers.length === 3)
  assert.equal(near.trunks.connected(), ['listener'])
})

test('a newer connection of the same peer takes the place of the older one', async () => {
  const side = await listening()
  const node = await stranger(dialer)
  await bothStreams(node, side)
  await until('the first', () => side.carriers.length === 1)
  await bothStreams(node, side)
  await until('the second', () => side.carriers.length === 2 && side.downs.length === 1)
  assert.equal(side.downs, ['replaced by a newer connection'])
  await until('one is left', () => node.getConnections().length === 1)
  assert.equal(side.trunks.connected(), ['dialer'])
})

test.run()

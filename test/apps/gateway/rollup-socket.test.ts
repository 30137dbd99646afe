// The rollup's socket: what passes through it, and what becomes of everything else. The same cases
// run on both drivers.

import { once } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { ChainUnavailable } from '../../../apps/gateway/chain-access.ts'
import type { SubmitReply } from '../../../apps/gateway/rollup/rollup-access.ts'
import { ROLLUP_SOCKET_FAULTS_MAX, ROLLUP_SOCKET_FRAMES_MAX } from '../../../config/limits.ts'
import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { SENT_OPERATION_BYTES } from '../../../protocol/rollup/sent-operation.ts'
import { NOBODY_ABSENT } from '../../../protocol/rollup/write-body.ts'
import { connectRollup } from '../../../sdk/rollup/connect.ts'
import {
  CLIENT_FRAME_BYTES_MAX,
  type CosignFrame,
  encodeClientFrame,
} from '../../../sdk/rollup/wire/client-frames.ts'
import type { ServerFrame } from '../../../sdk/rollup/wire/server-frames.ts'
import { FakeChain, serveFake } from './fake-chain.ts'
import { FakeRollup, NONE, rootEvent, TAKEN } from './fake-rollup.ts'

const ROOT: Hex = `0x${'cd'.repeat(32)}`
const BODY = Uint8Array.from({ length: 128 }, (_, i) => i)
const SIGNATURE = new Uint8Array(96).fill(7)

const cosign = (number: number, txRoot = ROOT): CosignFrame => ({
  kind: 'cosign',
  shard: 0,
  number,
  txRoot,
  signature: SIGNATURE,
  absent: { ...NOBODY_ABSENT, positions: Uint32Array.of(2, 5) },
})

/** A client that keeps what it was told. */
class Client {
  readonly socket: WebSocket
  readonly frames: ServerFrame[] = []
  closed: string | undefined
  private waiters: (() => void)[] = []

  constructor(url: string) {
    this.socket = new WebSocket(`${url}/rollup`)
    this.socket.on('error', () => {})
  }

  async open() {
    return connectRollup(this.socket, {
      frame: (frame) => {
        this.frames.push(frame)
        for (const wake of this.waiters.splice(0)) wake()
      },
      closed: (reason) => {
        this.closed = reason
      },
    })
  }

  async next<K extends ServerFrame['kind']>(kind: K): Promise<Extract<ServerFrame, { kind: K }>> {
    while (this.frames.length === 0) await new Promise<void>((wake) => this.waiters.push(wake))
    const frame = this.frames.shift() as ServerFrame
    assert.is(frame.kind, kind)
    return frame as Extract<ServerFrame, { kind: K }>
  }
}

const until = async (what: () => boolean) => {
  while (!what()) await new Promise((done) => setTimeout(done, 5))
}

for (const driver of ['uws', 'node'] as const) {
  const withGateway = async (
    run: (rollup: FakeRollup, connect: () => Promise<Client>, faults: string[]) => Promise<void>,
  ) => {
    const rollup = new FakeRollup()
    const chain = new FakeChain()
    const said: string[] = []
    const gateway = await serveFake(chain, (line) => said.push(line), driver, undefined, rollup)
    const clients: Client[] = []
    const connect = async () => {
      const client = new Client(gateway.wsUrl)
      clients.push(client)
      const { hello } = await client.open()
      assert.is(hello.shards, 1)
      return client
    }
    try {
      await run(rollup, connect, said)
      assert.equal(
        said.filter((line) => line.startsWith('fault')),
        [],
      )
    } finally {
      for (const { socket } of clients) socket.terminate()
      chain.end()
      await gateway.stop()
    }
  }
  const send = (client: Client, submission: number) =>
    client.socket.send(encodeClientFrame({ kind: 'submit', shard: 0, submission, body: BODY }))

  test(`${driver}: a submission, its root, the signature, the end`, () =>
    withGateway(async (rollup, connect) => {
      const client = await connect()
      rollup.replies = [
        {
          ...TAKEN,
          accepted: 3,
          refused: new Uint8Array(Uint32Array.of(1, 4).buffer),
          refusedCodes: Uint8Array.of(2, 1),
        },
      ]
      send(client, 7)
      const verdict = await client.next('verdict')
      assert.equal([verdict.submission, verdict.code, verdict.accepted], [7, '', 3])
      assert.equal([...verdict.refused], [1, 4])
      assert.equal([...verdict.refusals], [2, 1])
      const [sent] = rollup.submitted
      assert.equal([...(sent?.body ?? [])], [...BODY])
      const group = sent?.group ?? 0
      rollup.say(group, rootEvent(3, ROOT))
      const root = await client.next('root')
      assert.equal([root.number, root.fee, root.txRoot], [3, 2, ROOT])
      assert.equal([...root.runs], [7, 0, 0, 1])
      client.socket.send(encodeClientFrame(cosign(3)))
      await until(() => rollup.cosigned.length === 1)
      const [words] = rollup.cosigned
      assert.equal([words?.group, words?.node, words?.number], [group, 'one', 3])
      assert.equal([...(words?.signature ?? [])], [...SIGNATURE])
      assert.equal([...new Uint32Array(Uint8Array.from(words?.absent ?? []).buffer)], [2, 5])
      const blockHash = ROOT
      const final = { claim: ROOT, txRoot: ROOT, height: 9, blockHash, timestampMs: 5 }
      rollup.say(group, { ...NONE, kind: 'final', number: 3, final })
      assert.equal(await client.next('final'), { kind: 'final', shard: 0, number: 3, ...final })
      const operations = new Uint8Array(2 * SENT_OPERATION_BYTES).fill(3)
      const results = [
        { code: '', number: 2 ** 40, position: 6 },
        { code: 'LOCK_OTHER', number: 0, position: 0 },
      ]
      rollup.operateReplies = [{ code: '', sequencer: '', results }]
      const operate = { kind: 'operate', shard: 0, submission: 8, operations } as const
      client.socket.send(encodeClientFrame(operate))
      const said = { kind: 'operated', shard: 0, submission: 8, code: '', retryAfterMs: 0 }
      assert.equal(await client.next('operated'), { ...said, results })
      assert.equal([...(rollup.operated[0]?.operations ?? [])], [...operations])
      client.socket.send(encodeClientFrame({ kind: 'ask-head', shard: 0 }))
      const head = await client.next('head')
      assert.equal([head.number, head.sequencer, head.supply], [9, 'one', 10n ** 15n])
      client.socket.close()
      await until(() => rollup.left.includes(group))
    }))

  test(`${driver}: nobody signs for another group, for another root, or twice`, () =>
    withGateway(async (rollup, connect) => {
      const [mine, other] = [await connect(), await connect()]
      send(mine, 1)
      await mine.next('verdict')
      send(other, 1)
      await other.next('verdict')
      assert.is.not(rollup.submitted[0]?.group, rollup.submitted[1]?.group)
      rollup.say(rollup.submitted[0]?.group ?? 0, rootEvent(3, ROOT))
      await mine.next('root')
      other.socket.send(encodeClientFrame(cosign(3)))
      assert.is((await other.next('error')).code, 'NO_SUCH_ROOT')
      mine.socket.send(encodeClientFrame(cosign(3, `0x${'ee'.repeat(32)}`)))
      assert.is((await mine.next('error')).code, 'NO_SUCH_ROOT')
      mine.socket.send(encodeClientFrame(cosign(3)))
      mine.socket.send(encodeClientFrame(cosign(3)))
      assert.is((await mine.next('error')).code, 'NO_SUCH_ROOT')
      assert.is(rollup.cosigned.length, 1)
    }))

  test(`${driver}: frames that are none are answered, and only who sends many is closed`, () =>
    withGateway(async (rollup, connect) => {
      const [bad, good] = [await connect(), await connect()]
      const whole = encodeClientFrame(cosign(3))
      const changed = (at: number, value: number) => {
        const copy = whole.slice()
        copy[at] = value
        return copy
      }
      const falling = { ...NOBODY_ABSENT, positions: Uint32Array.of(5, 5) }
      const frames: (Uint8Array | string)[] = [
        'text',
        new Uint8Array(0),
        Uint8Array.of(1),
        hexToBytes('0x09010000'),
        changed(1, 2),
        changed(3, 1),
        whole.subarray(0, whole.length - 1),
        whole.subarray(0, whole.length - 4),
        Uint8Array.from([...whole, 0, 0, 0, 0]),
        changed(47, 0xff),
        encodeClientFrame({ ...cosign(3), signature: new Uint8Array(95) }),
        encodeClientFrame({ ...cosign(3), absent: falling }),
        encodeClientFrame({
          ...cosign(3),
          absent: { ...falling, positions: Uint32Array.of(1), maxFees: Uint32Array.of(1, 2) },
        }),
      ]
      for (const frame of frames) {
        bad.socket.send(frame)
        assert.is((await bad.next('error')).code, 'MALFORMED')
      }
      bad.socket.send(encodeClientFrame({ kind: 'ask-head', shard: 63 }))
      assert.is((await bad.next('error')).code, 'NO_SUCH_SHARD')
      send(bad, 1)
      assert.is((await bad.next('verdict')).code, '')
      for (let i = frames.length; i < ROLLUP_SOCKET_FAULTS_MAX; i++) bad.socket.send('more')
      const [code] = await once(bad.socket, 'close')
      assert.is(code, 1008)
      assert.is(bad.closed, 'too many frames that are none')
      send(good, 1)
      assert.is((await good.next('verdict')).code, '')
      assert.is(rollup.submitted.length, 2)
    }))

  test(`${driver}: where the number of shards has changed the client is told to connect again`, () =>
    withGateway(async (rollup, connect) => {
      const client = await connect()
      rollup.shards = 2
      send(client, 1)
      const { code, detail } = await client.next('error')
      assert.is(code, 'RESHARDED')
      assert.match(detail, /there are 2 shards now: connect again/)
      const [closed] = await once(client.socket, 'close')
      assert.is(closed, 1012)
      assert.is(rollup.submitted.length, 0)
      rollup.shards = 1
      const again = await connect()
      send(again, 1)
      assert.is((await again.next('verdict')).code, '')
    }))

  test(`${driver}: a frame above the limit closes its sender alone`, () =>
    withGateway(async (_rollup, connect) => {
      const [large, good] = [await connect(), await connect()]
      large.socket.send(new Uint8Array(CLIENT_FRAME_BYTES_MAX + 1))
      const [code] = await once(large.socket, 'close')
      assert.ok([1006, 1009].includes(code), `closed with ${code}`)
      send(good, 1)
      assert.is((await good.next('verdict')).code, '')
    }))

  test(`${driver}: a flood is told to wait, and what was taken is answered`, () =>
    withGateway(async (rollup, connect) => {
      const client = await connect()
      let open = (_reply: SubmitReply) => {}
      rollup.replies = [new Promise<SubmitReply>((resolve) => (open = resolve))]
      for (let i = 1; i <= ROLLUP_SOCKET_FRAMES_MAX + 2; i++) send(client, i)
      for (const late of [1, 2]) {
        const verdict = await client.next('verdict')
        assert.equal([verdict.submission, verdict.code], [ROLLUP_SOCKET_FRAMES_MAX + late, 'BUSY'])
        assert.ok(verdict.retryAfterMs > 0)
      }
      open(TAKEN)
      for (let i = 1; i <= ROLLUP_SOCKET_FRAMES_MAX; i++) {
        assert.is((await client.next('verdict')).code, '')
      }
      send(client, 99)
      assert.is((await client.next('verdict')).code, '')
    }))

  test(`${driver}: the node that sequences is found, and missed when it goes`, () =>
    withGateway(async (rollup, connect) => {
      const client = await connect()
      rollup.replies = [
        new ChainUnavailable('gone'),
        { ...TAKEN, code: 'NOT_SEQUENCER', sequencer: 'three' },
        TAKEN,
      ]
      send(client, 4)
      assert.is((await client.next('verdict')).code, '')
      assert.equal(
        rollup.submitted.map(({ node }) => node),
        ['one', 'two', 'three'],
      )
      // The nodes that took nothing are not listened to any longer, and nothing there is missed.
      assert.is(rollup.left.length, 2)
      const place = rollup.submitted.at(-1)
      rollup.die(place?.group ?? 0)
      assert.is((await client.next('lost')).submission, 4)
      rollup.replies = [new ChainUnavailable('all are gone')]
      send(client, 5)
      assert.is((await client.next('verdict')).code, 'UNAVAILABLE')
    }))
}

test.run()

// What every HTTP driver must do with WebSockets (RFC 6455).

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import type { HttpSocket, WebSocketRoute } from '../../transport/http/http-server.ts'
import { type StartServer, serving } from './http.ts'
import { call, frame, rawUpgrade } from './http-client.ts'

const MESSAGE_MAX = 200_000
const BACKLOG_MAX = 1_000_000

interface Seen {
  readonly sockets: HttpSocket[]
  readonly messages: (string | Uint8Array)[]
  readonly closed: number[]
}

function echoRoute(): [WebSocketRoute, Seen] {
  const seen: Seen = { sockets: [], messages: [], closed: [] }
  const route: WebSocketRoute = {
    path: '/ws',
    messageBytesMax: MESSAGE_MAX,
    backlogBytesMax: BACKLOG_MAX,
    accept: ({ query }) => (query === 'no' ? { status: 401, body: 'not you' } : undefined),
    open(socket) {
      seen.sockets.push(socket)
      return {
        message(data) {
          seen.messages.push(data)
          socket.send(data)
        },
        closed: (code) => seen.closed.push(code),
      }
    },
  }
  return [route, seen]
}

async function client(port: number, path = '/ws'): Promise<WebSocket> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  await once(ws, 'open')
  return ws
}

async function until(what: () => boolean, message: string): Promise<void> {
  for (let i = 0; i < 800 && !what(); i++) await pause(10)
  assert.ok(what(), message)
}

function closes(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve())
    socket.resume()
  })
}

/**
 * Frames that break the protocol; each must end the connection. A frame without a mask is not among
 * them: uWebSockets.js takes its first bytes for the mask and goes on.
 */
const VIOLATIONS: [string, Buffer][] = [
  ['a reserved opcode', frame(3, Buffer.from('hello'))],
  ['text that is not UTF-8', frame(1, Buffer.from([0xc3, 0x28]))],
  ['a continuation of nothing', frame(0, Buffer.from('hello'))],
  ['a fragmented control frame', frame(9, Buffer.from('ping'), { fin: false })],
  ['a control frame above 125 bytes', frame(9, Buffer.alloc(126))],
  ['a reserved bit without its extension', Buffer.from([0xc1 | 0x40, 0x81, 1, 2, 3, 4, 0x61 ^ 1])],
]

export function socketTests(test: Test, start: StartServer): void {
  test('WebSocket: text and binary come back, up to the limit of a message', async () => {
    const [route, seen] = echoRoute()
    const work = async (port: number) => {
      const ws = await client(port)
      for (const data of ['hello', '', 'größer 🤖', 'x'.repeat(MESSAGE_MAX)]) {
        ws.send(data)
        const [echo, isBinary] = await once(ws, 'message')
        assert.is(isBinary, false)
        assert.is(echo.toString(), data)
      }
      ws.send(Buffer.from([0, 255, 1]))
      const [echo, isBinary] = await once(ws, 'message')
      assert.equal([isBinary, [...echo]], [true, [0, 255, 1]])
      // What was handed to the handler stays whole after the driver has moved on.
      assert.equal([...(seen.messages.at(-1) as Uint8Array)], [0, 255, 1])
      ws.on('error', () => {})
      ws.send('x'.repeat(MESSAGE_MAX + 1))
      await once(ws, 'close')
      await until(() => seen.closed.length === 1, 'too large a message closes the socket')
      assert.is(seen.messages.length, 5)
    }
    await serving(start, [], work, [route])
  })

  test('WebSocket: fragments make one message, a ping between them gets its pong', async () => {
    const [route, seen] = echoRoute()
    const work = async (port: number) => {
      const socket = await rawUpgrade(port, '/ws')
      let received = Buffer.alloc(0)
      socket.on('data', (data) => {
        received = Buffer.concat([received, data])
      })
      const euro = Buffer.from('€')
      socket.write(frame(1, Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]), { fin: false }))
      await pause(20)
      socket.write(frame(0, euro.subarray(1, 2), { fin: false }))
      socket.write(frame(9, Buffer.from('hi')))
      const last = frame(0, Buffer.concat([euro.subarray(2), Buffer.from('b')]))
      // Byte by byte: a frame's head may arrive in pieces too.
      for (const byte of last) socket.write(Buffer.from([byte]))
      await until(() => received.length >= 4 + 7, 'pong and echo')
      assert.equal([...received.subarray(0, 4)], [0x8a, 2, 104, 105])
      assert.is(received.subarray(6).toString(), 'a€b')
      assert.equal(seen.messages, ['a€b'])
      socket.destroy()
      await until(() => seen.closed.length === 1, 'a broken connection is a close')
      assert.equal(seen.closed, [1006])
    }
    await serving(start, [], work, [route])
  })

  test('WebSocket: close codes both ways', async () => {
    const [route, seen] = echoRoute()
    const work = async (port: number) => {
      const leaves = await client(port)
      leaves.close(4002, 'bye')
      await once(leaves, 'close')
      await until(() => seen.closed.length === 1, 'closed')
      const bare = await client(port)
      bare.close()
      await once(bare, 'close')
      await until(() => seen.closed.length === 2, 'closed')
      assert.equal(seen.closed, [4002, 1005])
      const told = await client(port)
      seen.sockets.at(-1)?.close(4001, 'because')
      const [code, reason] = await once(told, 'close')
      assert.equal([code, reason.toString()], [4001, 'because'])
      await until(() => seen.closed.length === 3, 'closed')
      assert.is(seen.sockets.at(-1)?.send('too late'), false)
    }
    await serving(start, [], work, [route])
  })

  test('WebSocket: violations of the protocol end the connection and nothing else', async () => {
    const [route, seen] = echoRoute()
    const work = async (port: number) => {
      const healthy = await client(port)
      const sockets = await Promise.all(VIOLATIONS.map(() => rawUpgrade(port, '/ws')))
      const ends = VIOLATIONS.map(([, bytes], i) => {
        const socket = sockets[i] as Socket
        const end = closes(socket)
        socket.write(bytes)
        return end
      })
      for (const [i, end] of ends.entries()) {
        const why = await Promise.race([end.then(() => ''), pause(3000, VIOLATIONS[i]?.[0])])
        assert.is(why, '', `still open: ${why}`)
      }
      assert.equal(seen.messages, [])
      healthy.send('still here')
      assert.is((await once(healthy, 'message'))[0].toString(), 'still here')
      healthy.terminate()
    }
    await serving(start, [], work, [route])
  })

  test('WebSocket: a client that does not read is closed at the limit of its backlog', async () => {
    const [route, seen] = echoRoute()
    const work = async (port: number) => {
      const socket = await rawUpgrade(port, '/ws')
      socket.pause()
      await until(() => seen.sockets.length === 1, 'open')
      const server = seen.sockets[0] as HttpSocket
      const message = 'x'.repeat(50_000)
      let sent = 0
      while (sent < 2000 && server.send(message)) {
        sent++
        if (sent % 20 === 0) await pause(1)
        assert.ok(server.backlogBytes <= BACKLOG_MAX + 1000, 'the backlog stays bounded')
      }
      assert.ok(sent > 10 && sent < 2000, `${sent} messages were taken`)
      assert.is(server.send(message), false)
      const tail = { bytes: Buffer.alloc(0) }
      socket.on('data', (data) => {
        tail.bytes = Buffer.concat([tail.bytes, data]).subarray(-100)
      })
      const end = closes(socket)
      await until(() => tail.bytes.includes('too slow'), 'it learns why when it reads on')
      assert.ok(tail.bytes.includes(Buffer.from([1013 >> 8, 1013 & 255])))
      socket.destroy()
      await end
    }
    await serving(start, [], work, [route])
  })

  test('WebSocket: upgrades are refused with an HTTP answer; stop says going away', async () => {
    const [route] = echoRoute()
    let leaving: Promise<unknown[]> | undefined
    const work = async (port: number) => {
      const statusOf = async (path: string) => {
        const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`)
        ws.on('error', () => {})
        const [, response] = await once(ws, 'unexpected-response')
        response.resume()
        return response.statusCode
      }
      assert.is(await statusOf('/ws?no'), 401)
      assert.is(await statusOf('/elsewhere'), 404)
      assert.is((await call(port, { path: '/ws' })).status, 404)
      leaving = once(await client(port), 'close')
    }
    await serving(start, [], work, [route])
    assert.is((await leaving)?.[0], 1001)
  })
}

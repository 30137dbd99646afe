// What every HTTP driver must do: requests, bodies, refusals, streams, and how it stops.

import { Agent, get, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type {
  HttpReply,
  HttpRoute,
  HttpServer,
  HttpServerOptions,
  WebSocketRoute,
} from '../../transport/http/http-server.ts'
import { call, raw } from './http-client.ts'

export type StartServer = (options: HttpServerOptions) => Promise<HttpServer>

export const BODY_MAX = 100_000

/** Starts a server for one test; refusals are `code: detail`. */
export async function serving<T>(
  start: StartServer,
  routes: HttpRoute[],
  work: (port: number, server: HttpServer, failures: unknown[]) => Promise<T>,
  sockets: WebSocketRoute[] = [],
): Promise<T> {
  const failures: unknown[] = []
  const server = await start({
    host: '127.0.0.1',
    port: 0,
    routes,
    sockets,
    refuse: ({ status, code, detail }) => ({ status, body: `${code}: ${detail}` }),
    failed: (error) => failures.push(error),
  })
  try {
    return await work(server.port, server, failures)
  } finally {
    await server.stop()
  }
}

const text = (body: string): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body,
})

const ECHO: HttpRoute = {
  method: 'POST',
  path: '/echo',
  bodyBytesMax: BODY_MAX,
  handle: ({ body }) => ({ status: 200, body }),
}

const HELLO: HttpRoute = { method: 'GET', path: '/hello', handle: () => text('hello') }

async function until(what: () => boolean, message: string): Promise<void> {
  for (let i = 0; i < 500 && !what(); i++) await pause(10)
  assert.ok(what(), message)
}

/** MALFORMED heads: none may be taken for a request, and none may harm the server. */
const MALFORMED: string[] = [
  '\r\n\r\n\r\n',
  'GARBAGE\r\n\r\n',
  'GET\r\n\r\n',
  'GET /hello HTTP/9.9\r\nhost: x\r\n\r\n',
  'GET /hello HTTP/1.1\r\nhost x\r\n\r\n',
  'GET /hello HTTP/1.1\r\n: empty\r\n\r\n',
  'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\nhello',
  'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\nhello',
  'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!',
  'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n',
  'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nabc',
  `GET /hello HTTP/1.1\r\nhost: x\r\nbig: ${'x'.repeat(200_000)}\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this would be TLS',
  '\0'.repeat(5000),
]

export function requestTests(test: Test, start: StartServer): void {
  test('routes: parameters, query, headers, precedence, 404, 405, HEAD', async () => {
    const show: HttpRoute = {
      method: 'GET',
      path: '/jobs/:id',
      handle: ({ params, query, headers }) =>
        text(JSON.stringify([params.id, query, headers['x-two']])),
    }
    const rest: HttpRoute = {
      method: 'GET',
      path: '/files/*',
      handle: ({ params }) => text(params['*'] ?? ''),
    }
    const fixed: HttpRoute = { method: 'GET', path: '/jobs/all', handle: () => text('all') }
    await serving(start, [show, rest, fixed, HELLO, ECHO], async (port) => {
      const headers = { 'X-Two': ['a', 'b'] }
      const found = await call(port, { path: '/jobs/a%20b%2Fc?limit=5&x=%20', headers })
      assert.is(found.status, 200)
      assert.is(found.headers['content-type'], 'text/plain')
      assert.equal(JSON.parse(found.body), ['a b/c', 'limit=5&x=%20', 'a, b'])
      assert.is((await call(port, { path: '/jobs/all' })).body, 'all')
      assert.is((await call(port, { path: '/files/a/b.txt' })).body, 'a/b.txt')
      for (const path of ['/', '/nothing', '/jobs/', '/jobs/%ff', '/jobs/1/2']) {
        const missing = await call(port, { path })
        assert.is(missing.status, 404, path)
        assert.match(missing.body, 'NOT_FOUND')
      }
      const wrong = await call(port, { method: 'DELETE', path: '/hello' })
      assert.is(wrong.status, 405)
      assert.is(wrong.headers.allow, 'GET')
      const head = await call(port, { method: 'HEAD', path: '/hello' })
      assert.equal([head.status, head.headers['content-length'], head.body], [200, '5', ''])
    })
  })

  test('one connection serves many requests, also after refusals', async () => {
    await serving(start, [HELLO, ECHO], async (port) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const first = await call(port, { path: '/hello', agent })
      for (const options of [
        { method: 'POST', path: '/echo', body: 'again' },
        { path: '/nothing' },
        { path: '/hello' },
      ]) {
        const next = await call(port, { ...options, agent })
        assert.ok(next.socket === first.socket, 'the connection stayed open')
      }
      agent.destroy()
      const both = 'GET /hello HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2)
      assert.is((await raw(port, both)).split('hello').length - 1, 2, 'pipelined requests')
    })
  })

  test('bodies: exactly the limit passes, one byte more is 413, then all goes on', async () => {
    await serving(start, [HELLO, ECHO], async (port) => {
      const full = Buffer.alloc(BODY_MAX, 7)
      for (const chunked of [false, true]) {
        const echo = { method: 'POST', path: '/echo', chunked }
        assert.is((await call(port, { ...echo, body: '' })).body, '')
        assert.is((await call(port, { ...echo, body: full })).body, full.toString())
        for (const size of [BODY_MAX + 1, 5_000_000]) {
          const large = await call(port, { ...echo, body: Buffer.alloc(size) })
          assert.is(large.status, 413, `${size} bytes, chunked ${chunked}`)
          assert.match(large.body, 'BODY_TOO_LARGE')
        }
      }
      assert.is((await call(port, { method: 'GET', path: '/hello', body: 'x' })).status, 413)
      assert.is((await call(port, { path: '/hello' })).status, 200)
    })
  })

  test('a handler that throws is a 500 without its message', async () => {
    const secret = new Error('secret')
    const thrower = (path: string, handle: HttpRoute['handle']) => ({ method: 'GET', path, handle })
    const routes = [
      thrower('/sync', () => {
        throw secret
      }),
      thrower('/async', () => Promise.reject(secret)),
    ]
    await serving(start, routes, async (port, _server, failures) => {
      for (const { path } of routes) {
        const answer = await call(port, { path })
        assert.is(answer.status, 500)
        assert.not.match(answer.body, 'secret')
      }
      assert.equal(failures, [secret, secret])
    })
  })

  test('malformed requests never reach a handler and never harm the server', async () => {
    const seen: string[] = []
    const note = (route: HttpRoute): HttpRoute => ({
      ...route,
      handle: (asked) => {
        seen.push(asked.path)
        return route.handle(asked)
      },
    })
    await serving(start, [note(HELLO), note(ECHO)], async (port) => {
      const answers = await Promise.all(MALFORMED.map((bytes) => raw(port, bytes)))
      for (const [i, answer] of answers.entries()) {
        assert.not.match(answer, /^HTTP\/1\.1 2/, `accepted: ${MALFORMED[i]?.slice(0, 80)}`)
      }
      assert.equal(seen, [], 'no handler ran')
      assert.is((await call(port, { path: '/hello' })).body, 'hello')
    })
  })

  test('a client that leaves aborts the signal; a half-sent body runs nothing', async () => {
    const signals: AbortSignal[] = []
    let handled = 0
    const wait: HttpRoute = {
      method: 'GET',
      path: '/wait',
      handle: async ({ signal }) => {
        signals.push(signal)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        return text('nobody reads this')
      },
    }
    const count: HttpRoute = {
      ...ECHO,
      handle: ({ body }) => {
        handled++
        return { status: 200, body }
      },
    }
    await serving(start, [wait, count, HELLO], async (port) => {
      const leaving = request({ host: '127.0.0.1', port, path: '/wait' })
      leaving.on('error', () => {})
      leaving.end()
      await until(() => signals.length === 1, 'the handler runs')
      leaving.destroy()
      await until(() => signals[0]?.aborted === true, 'the signal is aborted')
      const half = connect(port, '127.0.0.1')
      half.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nonly this')
      await pause(30)
      half.destroy()
      await pause(30)
      assert.is(handled, 0)
      assert.is((await call(port, { path: '/hello' })).body, 'hello')
    })
  })
}

export function streamTests(test: Test, start: StartServer): void {
  test('a slow reader slows the writer down, and misses nothing', async () => {
    const chunk = Buffer.alloc(64 * 1024, 97)
    const total = 64 * 1024 * 1024
    let written = 0
    const flood: HttpRoute = {
      method: 'GET',
      path: '/flood',
      handle: () => ({
        status: 200,
        stream: async (sink) => {
          for (; written < total; written += chunk.length) {
            if (!(await sink.write(chunk))) return
          }
        },
      }),
    }
    await serving(start, [flood], async (port) => {
      const response = await new Promise<IncomingMessage>((resolve) => {
        get({ host: '127.0.0.1', port, path: '/flood' }, resolve)
      })
      response.pause()
      await pause(300)
      const held = written
      assert.ok(held > 0 && held < total / 2, `wrote ${held} bytes to a client that does not read`)
      let read = 0
      for await (const part of response) read += (part as Buffer).length
      assert.is(read, total)
    })
  })

  test('server-sent events arrive one by one, in order, until the client leaves', async () => {
    let gone = false
    let count = 0
    const events: HttpRoute = {
      method: 'GET',
      path: '/events',
      handle: () => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        stream: async (sink) => {
          while (await sink.write(`id: ${count}\ndata: {"n":${count++}}\n\n`)) await pause(2)
          gone = sink.signal.aborted
        },
      }),
    }
    await serving(start, [events], async (port) => {
      const response = await new Promise<IncomingMessage>((resolve) => {
        get({ host: '127.0.0.1', port, path: '/events' }, resolve)
      })
      assert.is(response.headers['content-type'], 'text/event-stream')
      let got = ''
      for await (const part of response) {
        got += part
        if (got.split('\n\n').length > 50) break
      }
      const ids = [...got.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))
      assert.equal(ids, [...ids.keys()])
      await until(() => gone, 'the stream hears that the client left')
    })
  })

  test('a stream that fails is broken off, not ended as if it were whole', async () => {
    const broken: HttpRoute = {
      method: 'GET',
      path: '/broken',
      handle: () => ({
        status: 200,
        stream: async (sink) => {
          await sink.write('part')
          throw new Error('no more')
        },
      }),
    }
    await serving(start, [broken, HELLO], async (port, _server, failures) => {
      const error = await call(port, { path: '/broken' }).catch((failure: Error) => failure)
      assert.instance(error, Error)
      assert.is(failures.length, 1)
      assert.is((await call(port, { path: '/hello' })).body, 'hello')
    })
  })

  test('it reports its port, refuses a taken one, and stops in order', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: HttpRoute = {
      method: 'GET',
      path: '/slow',
      handle: () => held.then(() => text('late but whole')),
    }
    await serving(start, [slow], async (port, server) => {
      assert.ok(port > 0)
      const options = { host: '127.0.0.1', port, routes: [], failed: () => {} }
      const refuse = () => ({ status: 404 })
      const taken = await start({ ...options, refuse }).catch((error: Error) => error)
      assert.is((taken as Error).name, 'ListenError')
      const answer = call(port, { path: '/slow' })
      await pause(50)
      const stopped = server.stop()
      release()
      assert.is((await answer).body, 'late but whole')
      await stopped
      const fresh = new Agent()
      const after = await call(port, { path: '/slow', agent: fresh }).catch((error) => error.code)
      assert.is(after, 'ECONNREFUSED')
    })
  })
}

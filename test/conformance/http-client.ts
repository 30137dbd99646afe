// Small clients for the HTTP conformance suite: node's own client, and raw bytes.

import { type Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly socket: Socket
}

export interface Call {
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: string | Uint8Array
  /** Sends the body without a content-length. */
  readonly chunked?: boolean
  readonly agent?: Agent
}

export function call(port: number, options: Call): Promise<Answer> {
  const { method = 'GET', path, headers = {}, body, chunked, agent } = options
  return new Promise((resolve, reject) => {
    const length = body !== undefined && !chunked ? { 'content-length': body.length } : {}
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, ...length }, agent },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
            socket: response.socket,
          }),
        )
      },
    )
    sent.on('error', reject)
    if (chunked && body !== undefined) {
      const half = Math.floor(body.length / 2)
      sent.write(body.slice(0, half))
      sent.end(body.slice(half))
    } else sent.end(body)
  })
}

/** Sends raw bytes and gathers what comes back until the server closes or `ms` have passed. */
export function raw(port: number, bytes: string | Uint8Array, ms = 300): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const done = () => {
      socket.destroy()
      resolve(text)
    }
    const timer = setTimeout(done, ms)
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      done()
    })
    socket.write(bytes)
  })
}

/** A WebSocket opened by hand, for frames that a client library refuses to send. */
export async function rawUpgrade(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await new Promise<void>((resolve, reject) => {
    let text = ''
    const onData = (data: Buffer) => {
      text += data.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', onData)
      // RFC 6455 1.3 gives the answer to this key.
      if (text.includes('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')) resolve()
      else reject(new Error(text))
    }
    socket.on('data', onData)
  })
  return socket
}

/** A client's frame (RFC 6455 5.2): masked, payload below 64 KiB. */
export function frame(opcode: number, payload: Uint8Array, { fin = true } = {}): Buffer {
  const mask = [1, 2, 3, 4]
  const length =
    payload.length < 126
      ? [0x80 | payload.length]
      : [0x80 | 126, payload.length >> 8, payload.length & 255]
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] as number))
  return Buffer.from([(fin ? 0x80 : 0) | opcode, ...length, ...mask, ...masked])
}

// One HTTP request for JSON over kept connections, with a deadline and a limit on the answer.

import { type Agent, request } from 'node:http'
import { INSPECTOR_REPLY_BYTES_MAX } from '../../../config/limits.ts'

export interface JsonRequest {
  readonly url: string
  readonly agent: Agent
  readonly deadlineMs: number
  readonly token?: string | undefined
  /** Sent as POST. */
  readonly body?: unknown
}

export interface JsonAnswer {
  /** Rejects with an Error whose message is a reason for people. */
  readonly value: Promise<unknown>
  cancel(): void
}

export function requestJson(options: JsonRequest): JsonAnswer {
  let cancel = () => {}
  const value = new Promise((resolve, reject) => {
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body)
    const sent = request(options.url, {
      agent: options.agent,
      method: payload === undefined ? 'GET' : 'POST',
      headers: {
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      },
    })
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer within ${options.deadlineMs} ms`))
    }, options.deadlineMs)
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(new Error(reason(error)))
    }
    sent.on('error', fail)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > INSPECTOR_REPLY_BYTES_MAX) sent.destroy(new Error('the answer is too long'))
        else chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () => {
        clearTimeout(timer)
        try {
          resolve(parsed(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')))
        } catch (error) {
          reject(error)
        }
      })
    })
    cancel = () => sent.destroy(new Error('cancelled'))
    sent.end(payload)
  })
  return { value, cancel: () => cancel() }
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'nothing listens there (connection refused)'
  if (error.code === 'ECONNRESET') return 'the connection broke'
  return error.message
}

function parsed(status: number, text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error(`it answered ${status} with something that is no JSON`)
  }
  if (status >= 200 && status < 300) return value
  throw new Error(`it answered ${status}: ${words(value) || text.slice(0, 120)}`)
}

/** The server's own words, in any of the forms in which our servers say what went wrong. */
function words(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  const { error, detail, title } = value as Record<string, unknown>
  if (typeof error === 'string') return error
  const message = (error as { message?: unknown } | undefined)?.message
  return [message, detail, title].find((text) => typeof text === 'string') ?? ''
}

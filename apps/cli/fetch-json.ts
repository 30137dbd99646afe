// One HTTP request for JSON with a deadline; every way to fail is an error for people.

import { CliError } from './cli-error.ts'

export const REQUEST_LIMIT_MS = 10_000

export interface FetchJsonOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly limitMs?: number
}

/** Throws CliError UNREACHABLE, or REFUSED with the server's own words. */
export async function fetchJson(url: string, options: FetchJsonOptions = {}): Promise<unknown> {
  const response = await send(url, options)
  const text = await response.text()
  const value = parse(text)
  if (response.ok && value !== undefined) return value
  const refusal = value as
    | { error?: { message?: string; hint?: string }; detail?: string }
    | undefined
  const said = refusal?.error
  throw new CliError(
    'REFUSED',
    `${url} answered ${response.status}`,
    said?.message ?? refusal?.detail ?? (text.slice(0, 200) || 'with an empty body'),
    said?.hint ?? 'look into the logs in the data folder',
  )
}

async function send(url: string, options: FetchJsonOptions): Promise<Response> {
  const limitMs = options.limitMs ?? REQUEST_LIMIT_MS
  try {
    return await fetch(url, {
      method: options.method ?? 'GET',
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(limitMs),
    })
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined
    const late = (error as Error).name === 'TimeoutError'
    throw new CliError(
      late ? 'TIMEOUT' : 'UNREACHABLE',
      `no answer from ${url}`,
      late ? `nothing came within ${limitMs} ms` : (cause?.message ?? (error as Error).message),
      'check with ./aitbc status, or start the cluster with npm start',
    )
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

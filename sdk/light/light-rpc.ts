// The questions that a light client asks of a node it does not trust, over JSON-RPC. Answers are
// read strictly and within limits; whether they hold is for others to say.

import { LIGHT_ASK_MS, LIGHT_HEADERS_MAX, LIGHT_REPLY_BYTES_MAX } from '../../config/limits.ts'
import { type Hex, hexToBytes, isHex } from '../../lib/hex.ts'
import type { ShareProof } from '../../protocol/light/genesis-share.ts'
import type { StoredStep } from '../../protocol/light/search-path.ts'
import { LightError } from './light-error.ts'

export type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>

async function readLimited(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const part = await reader?.read()
    if (!part || part.done) return text + decoder.decode()
    bytes += part.value.length
    if (bytes > LIGHT_REPLY_BYTES_MAX) {
      await reader?.cancel()
      throw new LightError('NODE_LIES', `an answer above ${LIGHT_REPLY_BYTES_MAX} bytes`)
    }
    text += decoder.decode(part.value, { stream: true })
  }
}

/** Asks over HTTP. Every failure is a LightError. */
export function httpAsk(url: string): Ask {
  let id = 0
  return async (method, params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })
    let text: string
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(LIGHT_ASK_MS),
      })
      text = await readLimited(response)
    } catch (error) {
      if (error instanceof LightError) throw error
      throw new LightError('NODE_FAILED', `no answer from ${url}: ${(error as Error).message}`)
    }
    const answer = fieldsOf(parse(text))
    if (answer.error !== undefined) {
      const { message } = fieldsOf(answer.error)
      throw new LightError('NODE_FAILED', `${method}: ${String(message).slice(0, 200)}`)
    }
    return answer.result
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LightError('NODE_LIES', 'an answer that is not JSON')
  }
}

export type Answer = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown): Answer {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Answer
  throw new LightError('NODE_LIES', 'an answer of another form')
}

export function bytesOf(value: unknown, name: string): Uint8Array {
  if (isHex(value)) return hexToBytes(value.toLowerCase() as Hex)
  throw new LightError('NODE_LIES', `${name} is not data`)
}

export function hashOf(value: unknown, name: string): Hex {
  if (isHex(value, 32)) return value.toLowerCase() as Hex
  throw new LightError('NODE_LIES', `${name} is not a hash`)
}

export function numberOf(value: unknown, name: string): number {
  const number = typeof value === 'string' && /^0x[0-9a-f]{1,13}$/.test(value) ? Number(value) : -1
  if (number >= 0) return number
  throw new LightError('NODE_LIES', `${name} is not a quantity`)
}

/** An amount of the rollup, below 2^64. */
export function unitsOf(value: unknown, name: string): bigint {
  if (typeof value === 'string' && /^0x[0-9a-f]{1,16}$/.test(value)) return BigInt(value)
  throw new LightError('NODE_LIES', `${name} is no amount`)
}

export function listOf(value: unknown, name: string, max: number): Uint8Array[] {
  if (!Array.isArray(value) || value.length > max) {
    throw new LightError('NODE_LIES', `${name} is not a list of at most ${max}`)
  }
  return value.map((item) => bytesOf(item, name))
}

/** Of aitbc_getGenesis; undefined from nodes of an earlier version. */
export function shareOf({ balancedStakeProof: shown }: Answer): ShareProof | undefined {
  if (shown === undefined) return undefined
  const { account, word } = fieldsOf(shown)
  return { account: listOf(account, 'account', 65), word: listOf(word, 'word', 65) }
}

export const quantity = (value: number) => `0x${value.toString(16)}`

/** aitbc_getCheckpoint as a source of steps; `epoch` may be `latest`. */
export async function askCheckpoint(
  ask: Ask,
  epoch: number | 'latest',
): Promise<StoredStep | undefined> {
  const asked = epoch === 'latest' ? epoch : quantity(epoch)
  const result = await ask('aitbc_getCheckpoint', [asked])
  if (result === null) return undefined
  const answer = fieldsOf(result)
  const found = numberOf(answer.epoch, 'epoch')
  if (epoch !== 'latest' && found > epoch) {
    throw new LightError('NODE_LIES', 'a checkpoint of a later epoch')
  }
  return {
    epoch: found,
    checkpoint: bytesOf(answer.checkpoint, 'checkpoint'),
    certificate: bytesOf(answer.certificate, 'certificate'),
    signers: hashOf(answer.signers, 'signers'),
    sets: listOf(answer.sets, 'sets', 3),
  }
}

/** RLP headers of the heights `from` to `to`, asked for piece by piece. */
export async function askHeaders(ask: Ask, from: number, to: number): Promise<Uint8Array[]> {
  const headers: Uint8Array[] = []
  const wanted = to - from + 1
  if (wanted > LIGHT_HEADERS_MAX) {
    throw new LightError(
      'TOO_MANY',
      `${wanted} headers to a checkpoint, at most ${LIGHT_HEADERS_MAX}`,
    )
  }
  while (headers.length < wanted) {
    const count = Math.min(256, wanted - headers.length)
    const params = [quantity(from + headers.length), quantity(count)]
    const part = listOf(await ask('aitbc_getHeaders', params), 'headers', count)
    if (part.length === 0) throw new LightError('NODE_LACKS', `no block ${from + headers.length}`)
    headers.push(...part)
  }
  return headers
}

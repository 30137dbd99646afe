// Jobs of a cluster's consumer, paid step by step as a program of his would pay them: by a lock of
// the rollup, or by an escrow of the base chain.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { chainClient } from '../../apps/cli/chain-client.ts'
import { devAccount } from '../../apps/node/dev-keys.ts'
import { rollupKey } from '../../apps/node/keys/rollup-key.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { encodeOpenEscrow } from '../../protocol/market/market-calls.ts'
import type { SpendSign } from '../../protocol/rollup/sign-operation.ts'
import {
  CoordinatorClient,
  type JobMoney,
  type Quote,
  quotedJob,
} from '../../sdk/coordinator/coordinator-client.ts'
import type { Ask } from '../../sdk/light/light-rpc.ts'
import { payQuote } from '../../sdk/rollup/pay-quote.ts'

export const MODEL = 'all-minilm-l6-v2'

const { privateKey } = devAccount('consumer')

/** A gateway, and the coordinator's REST. */
export interface Doors {
  readonly rpc: string
  readonly api: string
}

export interface Registered {
  readonly index: number
  readonly locks: readonly number[]
}

export interface PaidQuote {
  readonly quote: Quote
  readonly money: JobMoney
}

export const clientOf = ({ api }: Doors) => new CoordinatorClient({ baseUrl: api, privateKey })

export const askOf =
  ({ rpc }: Doors): Ask =>
  async (method, params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(rpc, { method: 'POST', headers, body })
    const answer = (await response.json()) as { result: unknown; error?: { message: string } }
    if (answer.error) throw new Error(answer.error.message)
    return answer.result
  }

/** Again while it rejects: a provider offers its model once it has passed its self-test. */
export async function patiently<T>(work: () => Promise<T>, tries = 100): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0) throw error
      await pause(200)
    }
  }
}

/** Resolves when a provider offers the model. */
export const offered = ({ api }: Doors): Promise<void> =>
  patiently(async () => {
    const answer = await fetch(`${api}/api/v1/models`)
    const { data } = (await answer.json()) as { data: { id: string; providers: number }[] }
    assert.ok(data.some(({ id, providers }) => id === MODEL && providers > 0))
  })

/** Both at once: each is final when its command returns. */
export async function registered(
  data: string,
): Promise<[provider: Registered, consumer: Registered]> {
  const run = promisify(execFile)
  const register = async (name: string, ...more: string[]) => {
    const args = ['rollup', 'register', '--dev-account', name, ...more, '--json', '--data', data]
    return JSON.parse((await run(join(packageRoot(), 'aitbc'), args)).stdout) as Registered
  }
  return Promise.all([register('provider'), register('consumer', '--amount', '1', '--locks', '2')])
}

const embedding = (input: unknown) => ({ type: 'inference', model_id: MODEL, input_data: input })

/** Prices the job and locks its price; resolves when a final batch has the lock. */
export async function lockPrice(
  doors: Doors,
  owner: number,
  lock: number,
  input: unknown,
): Promise<PaidQuote> {
  const client = clientOf(doors)
  // The coordinator hears of a provider's account in the rollup a while after it is registered.
  const quote = await patiently(() => client.quote(embedding(input), 'rollup'))
  const { sign } = rollupKey('consumer', undefined) as { sign: SpendSign }
  const paying = { ask: askOf(doors), quote: quotedJob(quote), owner, lock, sign }
  const rollup_lock = await payQuote(paying)
  assert.equal(await payQuote(paying), rollup_lock, 'asked again, it is the same')
  return { quote, money: { rollup_lock } }
}

/** Prices the job and puts its price into an escrow; resolves when that is final. */
export async function escrowPrice(doors: Doors, input: unknown): Promise<PaidQuote> {
  const quote = await clientOf(doors).quote(embedding(input))
  const { job_id: jobId, coordinator, request_hash: requestHash, model_root: modelRoot } = quote
  const [priceCap, deadline] = [BigInt(quote.price_wei), BigInt(quote.deadline_seconds)]
  const terms = { jobId, coordinator, requestHash, modelRoot, priceCap, deadline }
  const data = bytesToHex(encodeOpenEscrow(terms))
  const chain = chainClient(doors.rpc, privateKey)
  const { hash } = await chain.send({ to: quote.market, data, value: priceCap })
  return { quote, money: { escrow_tx: hash } }
}

export const submit = (doors: Doors, { quote, money }: PaidQuote) =>
  clientOf(doors).createJob({ request: quote.request, ...money })

/** Units of a rollup account. */
export async function unitsOf(doors: Doors, index: number): Promise<bigint> {
  const found = await askOf(doors)('rollup_getAccount', [`0x${index.toString(16)}`])
  return BigInt((found as { balance: Hex }).balance)
}

// A coordinator that serves HTTP on a host of its own, with a scripted scheduler and archive behind
// it and an embedded database in a temporary folder.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  type CoordinatorOptions,
  startCoordinator,
} from '../../../apps/coordinator/start-coordinator.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { addressOfSecret } from '../../../protocol/crypto/secp256k1-noble.ts'
import { proveShare } from '../../../protocol/light/genesis-share.ts'
import { Host } from '../../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import { CoordinatorClient } from '../../../sdk/coordinator/coordinator-client.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { CHAIN_ID, testGenesis } from '../../protocol/chain-world.ts'
import { emptyArchive } from './empty-archive.ts'
import { Desk, deskActor } from './scripted-desk.ts'

export const ALICE: Hex = `0x${'a1'.repeat(32)}`
export const BOB: Hex = `0x${'b0'.repeat(32)}`
export const addressOf = (secret: Hex) => bytesToHex(addressOfSecret(hexToBytes(secret)))

export const BODY = {
  type: 'inference',
  model_id: 'stories15m',
  input_data: { prompt: 'Once' },
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sent
  readonly json: any
}

export interface World {
  readonly host: Host
  readonly desk: Desk
  readonly url: string
  readonly warnings: string[]
  client(privateKey: Hex): CoordinatorClient
  token(privateKey: Hex): Promise<string>
  /** One request; a text or bytes body goes as it is, another one as JSON. */
  call(
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
  /** Waits until lists are answered: the database opens in the background. */
  ready(): Promise<void>
  stop(): Promise<void>
}

/** What a test may put in place of the defaults. */
export interface WorldParts {
  readonly archive?: typeof emptyArchive
  readonly facts?: Partial<CoordinatorOptions>
}

export async function startWorld({ archive, facts }: WorldParts = {}): Promise<World> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'aitbc-coordinator-'))
  const host = new Host({
    name: 'main',
    place: () => 'main',
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => assert.unreachable('no tasks here') as never },
    log: () => {},
    strict: true,
  })
  const desk = new Desk()
  host.spawn(deskActor, 'desk', desk)
  host.spawn(archive ?? emptyArchive, 'node0', null)
  const { validatorSet, block, tree } = testGenesis()
  const warnings: string[] = []
  const coordinator = await startCoordinator({
    host,
    schedulerKey: 'desk',
    nodes: ['node0'],
    shards: 1,
    chainId: CHAIN_ID,
    network: { genesisHash: block.hash, validatorSetHash: block.hash },
    validatorSet,
    genesisShare: proveShare(tree),
    port: 0,
    dataDirectory,
    databaseUrl: undefined,
    status: async () => ({
      height: 1,
      mode: 'FAST',
      facts: undefined,
      finalityMs: { p50: 5, p99: undefined },
      validators: [],
      jobs: {},
    }),
    warn: (line) => warnings.push(line),
    ...facts,
  })
  const { url } = coordinator
  const client = (privateKey: Hex) => new CoordinatorClient({ baseUrl: url, privateKey })
  const call: World['call'] = async (method, path, { token, body, headers } = {}) => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(url + path, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text && JSON.parse(text) }
  }
  const token = async (privateKey: Hex) => {
    const signedIn = client(privateKey)
    await signedIn.login()
    return (signedIn as unknown as { token: string }).token
  }
  return {
    host,
    desk,
    url,
    warnings,
    client,
    call,
    token,
    async ready() {
      const signedIn = await token(ALICE)
      for (let tries = 0; ; tries++) {
        const { status, json } = await call('GET', '/api/v1/jobs', { token: signedIn })
        if (status === 200) return
        assert.is(status, 503)
        assert.ok(tries < 500, `${JSON.stringify(json)} ${warnings.join('\n')}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async stop() {
      const stopped = coordinator.stop()
      desk.end()
      await stopped
      await host.stop()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** Every error has this form and nothing else. */
export function assertError({ json, status, headers }: Answer, expected: number, code: string) {
  const what = `expected ${expected} ${code}, got ${status} ${JSON.stringify(json)}`
  assert.is(status, expected, what)
  assert.is(json.error?.code, code, what)
  assert.equal(Object.keys(json), ['error', 'timestamp', 'request_id'])
  assert.equal(Object.keys(json.error), ['code', 'message', 'status', 'details', 'hint'])
  assert.is(json.error.status, expected)
  assert.ok(json.error.message.length > 0 && json.error.hint.length > 0)
  assert.ok(Array.isArray(json.error.details))
  assert.ok(Math.abs(Date.parse(json.timestamp) - Date.now()) < 60_000)
  assert.is(json.request_id, headers.get('x-request-id'))
}

// Signing in: a nonce's message is good for one sign-in of one address on one chain.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { privateKeyToAccount } from 'viem/accounts'
import {
  ALICE,
  addressOf,
  assertError,
  BOB,
  BODY,
  startWorld,
  type World,
} from './coordinator-world.ts'

const alice = privateKeyToAccount(ALICE)
const LOGIN = '/api/v1/auth/login'
let world: World

test.before(async () => {
  world = await startWorld()
})
test.after(() => world.stop())

async function issued(address: string = alice.address): Promise<string> {
  const { status, json } = await world.call('GET', `/api/v1/auth/nonce?address=${address}`)
  assert.is(status, 200)
  return json.message
}

async function signedBody(message: string) {
  return { address: alice.address, message, signature: await alice.signMessage({ message }) }
}

test('the client signs in by itself and the token names its account', async () => {
  const client = world.client(ALICE)
  await client.login()
  assert.equal((await client.createJob(BODY)).status, 'pending')
  const [job] = world.desk.jobs.values()
  assert.is(job?.consumer, addressOf(ALICE))
})

test('the published body has no message; the nonce may be posted for', async () => {
  const nonce = await world.call('POST', '/api/v1/auth/nonce', { body: { address: alice.address } })
  const signature = await alice.signMessage({ message: nonce.json.message })
  const { json } = await world.call('POST', LOGIN, { body: { address: alice.address, signature } })
  assert.is(json.token_type, 'Bearer')
  assert.is(json.access_token, json.token)
  assert.ok(Date.parse(json.expires_at) > Date.now())
  const other = await world.call('GET', `/api/v1/jobs/0x${'77'.repeat(32)}`, { token: json.token })
  assertError(other, 404, 'NOT_FOUND')
})

test('a nonce is good once', async () => {
  const body = await signedBody(await issued())
  assert.is((await world.call('POST', LOGIN, { body })).status, 200)
  assertError(await world.call('POST', LOGIN, { body }), 401, 'AUTHENTICATION_ERROR')
})

test('of two sign-ins at once with one nonce one succeeds', async () => {
  const body = await signedBody(await issued())
  const both = await Promise.all([1, 2].map(() => world.call('POST', LOGIN, { body })))
  assert.equal(both.map(({ status }) => status).sort(), [200, 401])
})

test('a wrong signer, address, chain, domain, text or nonce is refused', async () => {
  const good = await issued()
  const cases: [string, object][] = [
    ['signer', { ...(await signedBody(good)), address: addressOf(BOB) }],
    ['address', await signedBody(await issued(addressOf(BOB)))],
    ['chain', await signedBody(good.replace(/Chain ID: \d+/, 'Chain ID: 1'))],
    ['domain', await signedBody(good.replaceAll('127.0.0.1', 'evil.example'))],
    ['nonce', await signedBody(good.replace(/Nonce: \w+/, 'Nonce: 0123456789abcdef'))],
    ['text', { ...(await signedBody(good)), message: good.replace('costs nothing', 'is free') }],
    ['no SIWE', await signedBody('hello')],
    ['empty', await signedBody('')],
    ['line added', await signedBody(`${good}\nResources:\n- no uri`)],
    ['zero signature', { ...(await signedBody(good)), signature: `0x${'00'.repeat(65)}` }],
    ['ones', { ...(await signedBody(good)), signature: `0x${'ff'.repeat(65)}` }],
    ['never issued', { address: `0x${'99'.repeat(20)}`, signature: `0x${'11'.repeat(65)}` }],
  ]
  for (const [, body] of cases) {
    assertError(await world.call('POST', LOGIN, { body }), 401, 'AUTHENTICATION_ERROR')
  }
  const body = await signedBody(good)
  assert.is((await world.call('POST', LOGIN, { body })).status, 200, 'refusals use nothing up')
})

test('tokens that are not ours are refused', async () => {
  const token = await world.token(ALICE)
  const [head, payload, seal] = token.split('.') as [string, string, string]
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const other = Buffer.from(
    Buffer.from(payload, 'base64url').toString().replace(addressOf(ALICE), addressOf(BOB)),
  ).toString('base64url')
  const bad = ['garbage', `${none}.${payload}.`, `${head}.${other}.${seal}`, `${head}.${payload}`]
  for (const one of bad) {
    const answer = await world.call('GET', '/api/v1/jobs', { token: one })
    assertError(answer, 401, 'AUTHENTICATION_ERROR')
    assert.is(answer.headers.get('www-authenticate'), 'Bearer')
  }
  const basic = await world.call('GET', '/api/v1/jobs', {
    headers: { authorization: `Basic ${token}` },
  })
  assertError(basic, 401, 'AUTHENTICATION_ERROR')
})

test.run()

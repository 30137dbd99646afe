// The rollup's methods of JSON-RPC over a rollup that answers what it is told.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ChainUnavailable } from '../../../apps/gateway/chain-access.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { encodeClaim, WITHOUT_OPERATIONS } from '../../../protocol/rollup/claim.ts'
import { operationOf } from '../../../protocol/rollup/operation-terms.ts'
import { encodeOperation } from '../../../protocol/rollup/operations.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { encodeSentOperation } from '../../../protocol/rollup/sent-operation.ts'
import { signSettled } from '../../../protocol/rollup/sign-operation.ts'
import { encodeSentTransfer } from '../../../sdk/rollup/wire/signed-transfer-bytes.ts'
import { FakeChain, serveFake } from './fake-chain.ts'
import { FakeRollup, rootEvent, TAKEN } from './fake-rollup.ts'

const HASH: Hex = `0x${'cd'.repeat(32)}`

type Call = (method: string, ...params: unknown[]) => Promise<Record<string, unknown>>

async function withRollup(run: (rollup: FakeRollup, call: Call) => Promise<void>): Promise<void> {
  const rollup = new FakeRollup()
  const chain = new FakeChain()
  const gateway = await serveFake(chain, () => {}, 'node', undefined, rollup)
  const call: Call = async (method, ...params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const reply = await fetch(gateway.url, { method: 'POST', body })
    return (await reply.json()) as Record<string, unknown>
  }
  try {
    await run(rollup, call)
  } finally {
    chain.end()
    await gateway.stop()
  }
}

test('accounts and heads, in quantities', () =>
  withRollup(async (_rollup, call) => {
    const { result } = await call('rollup_getAccount', '0x5')
    const account = result as Record<string, unknown>
    assert.is(account.balance, '0x8000000000000000')
    assert.equal([account.index, account.nonce, account.batch], ['0x5', '0x4', '0x9'])
    assert.is((await call('rollup_getAccount', '0x6')).result, null)
    assert.is((await call('rollup_indexOf', `0x${'01'.repeat(20)}`)).result, '0x3')
    assert.is((await call('rollup_getClaim', '0x3')).result, null)
    for (const name of ['rollup_getClaim', 'rollup_getBody']) {
      const { error } = await call(name, '0x1')
      assert.is((error as { code: number }).code, 4444)
      assert.match((error as { message: string }).message, /batch 1 is deleted .* from 3 on/)
    }
    const head = (await call('rollup_getHead')).result as Record<string, unknown>
    assert.equal([head.batch, head.sequencer, head.fee], ['0x9', 'one', '0x2'])
  }))

test('exits, one with its proof and those of an account', () =>
  withRollup(async (rollup, call) => {
    const exit = (await call('rollup_getExitProof', '0x0', '0x3', '0x1')).result
    assert.equal(exit, {
      shard: '0x0',
      batch: '0x3',
      position: '0x1',
      from: '0x5',
      amount: '0x8000000000000000',
      entry: '0x11',
      total: '0x8000000000000004',
      exits: '0x2',
      exitRoot: `0x${'77'.repeat(32)}`,
      proof: `0x${'09'.repeat(32)}`,
    })
    assert.is((await call('rollup_getExitProof', '0x0', '0x3', '0x2')).result, null)
    const { error } = await call('rollup_getExitProof', '0x1', '0x3', '0x1')
    assert.is((error as { code: number }).code, -32602)
    const exits = (await call('rollup_getExits', '0x5')).result
    const expected = { shard: '0x0', batch: '0x3', position: '0x1', amount: '0x7', entry: '0x11' }
    assert.equal(exits, [expected])
    assert.equal((await call('rollup_getExits', '0x6')).result, [])
    const missed = async () => {
      const { result } = await call('rollup_getHead')
      return (result as { missed: unknown }).missed
    }
    assert.is(await missed(), null)
    rollup.missed = { from: 1, to: 3 }
    assert.equal(await missed(), { from: '0x1', to: '0x3' })
    const gone = (await call('rollup_getExitProof', '0x0', '0x3', '0x2')).error
    assert.is((gone as { code: number }).code, 4444)
    assert.match((gone as { message: string }).message, /batches 1 to 3 .* ask a node whose/)
    assert.is((await call('rollup_getExitProof', '0x0', '0x4', '0x0')).result, null)
  }))

test('a claim and its body', () =>
  withRollup(async (rollup, call) => {
    const claim = encodeClaim({
      ...WITHOUT_OPERATIONS,
      shard: 0,
      number: 4,
      epoch: 1,
      parent: HASH,
      sequencer: 2,
      bodyHash: HASH,
      bodyBytes: 160,
      transfers: 1,
      notAfter: 9,
      firstEntry: 5,
      entries: 2,
      fee: 2,
      feeAccount: 3,
      txRoot: HASH,
      traceRoot: HASH,
      exits: 0,
      exitRoot: HASH,
      inboxTo: 0,
      consumed: [],
      outbox: [],
      supply: 17n,
      stateRoot: undefined,
      signature: new Uint8Array(96),
    })
    const body = Uint8Array.of(1, 2, 3, 4)
    rollup.claim = { claim, hash: HASH, body, height: 8, blockHash: HASH, timestampMs: 77 }
    const { result } = await call('rollup_getClaim', '0x4')
    const found = result as Record<string, unknown>
    assert.equal([found.number, found.sequencer, found.supply], ['0x4', '0x2', '0x11'])
    assert.equal([found.stateRoot, found.blockNumber, found.raw], [null, '0x8', bytesToHex(claim)])
    assert.is((await call('rollup_getBody', '0x4')).result, '0x01020304')
  }))

test('a transfer that comes alone is submitted with its signature, and never co-signed', () =>
  withRollup(async (rollup, call) => {
    const signature = new Uint8Array(64).fill(9)
    const sent = { from: 6, to: 7, amount: 2n ** 40n + 3n, maxFee: 5, notAfter: 100, signature }
    const { result } = await call('rollup_sendTransfer', bytesToHex(encodeSentTransfer(sent)))
    assert.equal(result, { from: '0x6' })
    const [submitted] = rollup.submitted
    const read = readBody(submitted?.body ?? new Uint8Array(0))
    assert.ok(read.ok)
    const { sections, absent, transfers } = read.body
    assert.is(transfers, 1)
    const [section] = sections
    if (section?.kind !== 'sparse') throw new Error('a lone transfer is sparse')
    assert.equal([section.from[0], section.to[0]], [6, 7])
    assert.equal([section.amountLo[0], section.amountHi[0]], [3, 2 ** 8])
    assert.equal([absent.positions[0], absent.maxFees[0], absent.notAfters[0]], [0, 5, 100])
    assert.equal([...absent.signatures], [...signature])
    rollup.say(submitted?.group ?? 0, rootEvent(4, HASH))
    while (rollup.cosigned.length === 0) await new Promise((done) => setTimeout(done, 5))
    const [words] = rollup.cosigned
    assert.is(words?.signature.length, 0)
    assert.equal([...new Uint32Array(Uint8Array.from(words?.absent ?? []).buffer)], [0])
  }))

const HELD = { owner: 5, lock: 8, payee: 7, use: 3, amount: 2n ** 40n + 3n, deadline: 900 }
const SETTLED = signSettled(HASH, HELD, { amount: 2n ** 33n, hash: HASH }, () =>
  new Uint8Array(64).fill(9),
)

test('an operation that comes alone is handed in as it is, and found again', () =>
  withRollup(async (rollup, call) => {
    const bytes = encodeSentOperation(SETTLED)
    const send = () => call('rollup_sendOperation', bytesToHex(bytes))
    const sent = { kind: 'settle', lock: '0x8', use: '0x3' }
    assert.equal((await send()).result, { ...sent, batch: '0x4', position: '0x2' })
    const [operated] = rollup.operated
    assert.equal(bytesToHex(operated?.operations ?? new Uint8Array(0)), bytesToHex(bytes))
    const pending = { code: 'PENDING', number: 0, position: 0 }
    rollup.operateReplies = [{ code: '', sequencer: '', results: [pending] }]
    assert.equal((await send()).result, { ...sent, batch: null, position: null })
    const path = ['0x8', '0x3', 'settle']
    assert.is((await call('rollup_getOperation', ...path)).result, null)
    const hash = hexToBytes(HASH)
    const place = { number: 4, position: 2, claim: hash, claimHash: HASH, proof: hash, hash }
    const leaf = encodeOperation(operationOf(SETTLED.terms))
    rollup.found = { ...place, leaf, height: 6, blockHash: HASH, timestampMs: 77 }
    const shown = {
      kind: 'settle',
      owner: '0x5',
      lock: '0x8',
      payee: '0x7',
      use: '0x3',
      nonce: '0x0',
      amount: '0x200000000',
      deadline: '0x384',
      hash: HASH,
      batch: '0x4',
      position: '0x2',
      proof: [HASH],
      claim: HASH,
      raw: HASH,
      blockNumber: '0x6',
      blockHash: HASH,
      timestampMs: 77,
    }
    assert.equal((await call('rollup_getOperation', ...path)).result, shown)
    assert.equal((await call('rollup_getOperationAt', '0x4', '0x2')).result, shown)
    assert.is((await call('rollup_getOperationAt', '0x4', '0x3')).result, null)
    const held = (await call('rollup_getLock', '0x8')).result as Record<string, unknown>
    assert.equal([held.payee, held.amount, held.deadline], ['0x7', '0x8000000000000000', '0x384'])
    const free = (await call('rollup_getLock', '0x9')).result as Record<string, unknown>
    assert.equal([free.owner, free.use, free.payee, free.deadline], ['0x5', '0x3', null, null])
    assert.is((await call('rollup_getLock', '0xa')).result, null)
  }))

test('an operation goes to whoever sequences; what is none does not; a refusal names itself', () =>
  withRollup(async (rollup, call) => {
    const bytes = encodeSentOperation(SETTLED)
    const errorOf = async (sent: Uint8Array) =>
      (await call('rollup_sendOperation', bytesToHex(sent))).error as {
        code: number
        data: { code: string; retryAfterMs?: number }
      }
    // A refund, a settle with a second use, one byte too many.
    for (const [at, value] of [
      [0, 3],
      [28, 1],
    ] as const) {
      const other = Uint8Array.from(bytes)
      other[at] = value
      assert.is((await errorOf(other)).code, -32602, `byte ${at}`)
    }
    assert.is((await errorOf(Uint8Array.of(...bytes, 0))).code, -32602)
    assert.is(rollup.operated.length, 0)
    const none = { sequencer: '', results: [] }
    const expired = { code: 'EXPIRED', number: 0, position: 0 }
    rollup.operateReplies = [
      { code: 'NOT_SEQUENCER', sequencer: 'three', results: [] },
      new ChainUnavailable('gone'),
      { code: '', sequencer: '', results: [expired] },
      { ...none, code: 'STALE' },
    ]
    const refused = await errorOf(bytes)
    assert.equal([refused.code, refused.data], [-32000, { code: 'EXPIRED' }])
    const asked = () => rollup.operated.map(({ node }) => node)
    assert.equal(asked(), ['one', 'three', 'two'])
    const stale = await errorOf(bytes)
    assert.equal([stale.code, stale.data.code], [-32005, 'STALE'])
    // Who took the last one is asked first.
    assert.equal(asked(), ['one', 'three', 'two', 'two'])
    rollup.operateReplies = [new ChainUnavailable('gone')]
    assert.is((await errorOf(bytes)).code, -32002)
  }))

test('why a transfer was refused is said', () =>
  withRollup(async (rollup, call) => {
    const signature = new Uint8Array(64)
    const sent = { from: 6, to: 7, amount: 1n, maxFee: 5, notAfter: 100, signature }
    const refused = async (reply: object) => {
      rollup.replies = [{ ...TAKEN, ...reply }]
      const answer = await call('rollup_sendTransfer', bytesToHex(encodeSentTransfer(sent)))
      return answer.error as { code: number; data: { code: string; retryAfterMs?: number } }
    }
    const busy = await refused({ code: 'BUSY', retryAfterMs: 50 })
    assert.equal([busy.code, busy.data], [-32005, { code: 'BUSY', retryAfterMs: 50 }])
    const one = { accepted: 0, refused: new Uint8Array(4), refusedCodes: Uint8Array.of(2) }
    const unpaid = await refused(one)
    assert.equal([unpaid.code, unpaid.data], [-32000, { code: 'BALANCE' }])
  }))

test.run()

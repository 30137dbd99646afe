// Jobs that are paid in the rollup, from end to end in one thread: validators, shards, sequencers
// and gateway are real. One job with its receipt, checked offline; one that nobody settles; then
// many by the bench's generator, and its audit.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { JobsAudit } from '../../../bench/scenarios/mixed/audit-jobs.ts'
import { JobPayer } from '../../../bench/scenarios/mixed/jobs/job-payer.ts'
import { auditRollup } from '../../../bench/scenarios/rollup/audit-rollup.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { GENESIS_KEYS_SEED } from '../../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../../compute/crypto/key-book.ts'
import { loadNetwork } from '../../../config/network.ts'
import type { Hex } from '../../../lib/hex.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import { encodeBundle } from '../../../protocol/receipt/bundle.ts'
import { type HeldLock, signLock, signSettle } from '../../../protocol/rollup/sign-operation.ts'
import { httpAsk } from '../../../sdk/light/light-rpc.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { collectRollupBundle } from '../../../sdk/rollup/collect-receipt.ts'
import { followOperation, lockState, sendOperation } from '../../../sdk/rollup/operations.ts'
import { job } from '../../protocol/receipt/bundle-fixture.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

const ACCOUNTS = 8192
const LOCKS = 64
const PAYEE = 70
const FOLLOWING = { everyMs: 100, withinMs: 20_000 }
const book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))
const signerOf = (account: number) => (digest: Uint8Array) => book.signTransfer(account, digest)

function withLocks(): object {
  const { params } = loadNetwork('dev').genesis as { params: { rollup: object } }
  return { ...params, rollup: { ...params.rollup, accounts: ACCOUNTS, locks: LOCKS } }
}

async function ready(rpc: Rpc): Promise<void> {
  for (;;) {
    const head = (await rpc.call('rollup_getHead')) as { ready: boolean; sequencer: unknown }
    if (head.ready && head.sequencer !== null) return
    await new Promise((done) => setTimeout(done, 100))
  }
}

async function pays(chain: RealChain, rpc: Rpc): Promise<void> {
  const ask = httpAsk(chain.gateway.url)
  const { genesisHash, validatorSetHash } = chain.network
  const height = Number(await rpc.call('eth_blockNumber'))
  const locked = async (lock: number, owner: number, deadline: number): Promise<HeldLock> => {
    const free = await lockState(ask, lock)
    assert.equal(free, { lock, owner, use: 0, amount: 0n })
    const held = { owner, lock, payee: PAYEE, use: 0, amount: 9000n, deadline }
    const { jobId, hash: requestHash, receipt } = job({ lock, use: 0, payee: PAYEE })
    const terms = { jobId, requestHash, modelRoot: receipt.model_root }
    const limits = { maxFee: 1000, notAfter: deadline }
    const sent = signLock(genesisHash as Hex, { ...held, nonce: 0 }, terms, limits, signerOf(owner))
    await sendOperation(ask, sent)
    await followOperation(ask, { kind: 'lock', lock, use: 0 }, FOLLOWING)
    assert.equal(await lockState(ask, lock), held)
    return held
  }
  // The last two locks: the others are the generator's.
  const left = await locked(ACCOUNTS + LOCKS - 1, LOCKS - 1, height + 15)
  const held = await locked(ACCOUNTS + LOCKS - 2, LOCKS - 2, height + 1000)
  const { lock } = held
  const { receipt } = job({ lock, use: 0, payee: PAYEE })
  await sendOperation(ask, signSettle(genesisHash as Hex, held, receipt, signerOf(PAYEE)))
  const settled = await followOperation(ask, { kind: 'settle', lock, use: 0 }, FOLLOWING)
  const bundle = await collectRollupBundle(receipt, { receipt: settled, ask, bls: blsNative })
  const verdict = verifyReceipt(encodeBundle(bundle), { validatorSetHash })
  assert.ok(verdict.valid && verdict.trusted, verdict.reason)
  assert.equal(await lockState(ask, lock), { lock, owner: LOCKS - 2, use: 1, amount: 0n })
  const again = signSettle(genesisHash as Hex, held, receipt, signerOf(PAYEE))
  await sendOperation(ask, again).then(
    () => assert.unreachable('it was settled before'),
    () => {},
  )
  const refund = { kind: 'refund', lock: left.lock, use: 0 } as const
  const { operation } = await followOperation(ask, refund, FOLLOWING)
  assert.is(operation.amount, left.amount)
}

test('a job is locked, paid and shown offline; what nobody settles goes back; many add up', async () => {
  const chain = await startRealChain('uws', withLocks())
  const { url, wsUrl: ws } = chain.gateway
  const rpc = new Rpc(url)
  try {
    await ready(rpc)
    const setup = { ws, rpc: url, accounts: ACCOUNTS, locks: LOCKS - 2, left: 20 }
    const payer = await JobPayer.start(setup)
    const terms = { name: 'jobs', perSecond: 20, seconds: 1, expireMs: 15_000 }
    const [load] = await Promise.all([payer.run(terms, () => {}), pays(chain, rpc)])
    const { paid, failed, refusals } = load
    assert.ok(failed === 0 && paid > 0, JSON.stringify({ paid, refusals }))
    // The money that was left is given back a while after the last job.
    assert.ok(await payer.drain(20_000))
    const config = readGenesis(chain.network.genesis, blsNative).params.rollup
    const record = payer.record()
    // Of the two jobs by hand, four operations.
    const look = new JobsAudit({ ...record, doubtful: record.doubtful + 2 }, config)
    const audit = await auditRollup(ws, rpc, config, { batches: [], faults: [], look })
    assert.ok(audit.ok, audit.lines.join('\n'))
    payer.stop()
    assert.equal(chain.errors, [])
  } finally {
    await chain.stop()
  }
})

test.run()

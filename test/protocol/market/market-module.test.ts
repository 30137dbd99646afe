// The market's functions one by one: who may, when, what it refuses, and what wallets see (viem).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as viem from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { decodeErrorString } from '../../../protocol/abi/error-string.ts'
import { signForWallet } from '../../../protocol/crypto/wallet-signature.ts'
import { jobIdOf } from '../../../protocol/job/job-id.ts'
import * as abi from '../../../protocol/market/market-abi.ts'
import * as calls from '../../../protocol/market/market-calls.ts'
import { decodeMarketLog } from '../../../protocol/market/market-log.ts'
import { settlementDigest } from '../../../protocol/market/settlement-digest.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { keyOf, MarketWorld, secp256k1 } from './market-world.ts'

const [consumer, coordinator, provider, stranger] = [0, 1, 2, 3].map(keyOf) as [
  ReturnType<typeof keyOf>,
  ReturnType<typeof keyOf>,
  ReturnType<typeof keyOf>,
  ReturnType<typeof keyOf>,
]
const requestHash: Hex = `0x${'aa'.repeat(32)}`
const modelRoot: Hex = `0x${'bb'.repeat(32)}`
const jobId = jobIdOf(1337n, consumer.address, requestHash)
const terms = { jobId, requestHash, modelRoot, priceCap: 100n, deadline: 1_100n }
const marketAbi = viem.parseAbi(abi.MARKET_ABI_TEXT)

function world(): MarketWorld {
  const made = new MarketWorld()
  for (const { address } of [consumer, coordinator, stranger]) made.balances.set(address, 1_000n)
  return made
}

function refusedWith(code: string, result: ReturnType<MarketWorld['call']>): void {
  assert.is(result.ok ? 'accepted' : result.code, code)
  assert.match(decodeErrorString(result.output) ?? '', new RegExp(`^${code}: .+`))
}

const open = (w: MarketWorld, change = {}) =>
  w.call(
    consumer.address,
    calls.encodeOpenEscrow({ ...terms, coordinator: coordinator.address, ...change }),
    100n,
  )
const assign = (w: MarketWorld, to = provider.address, price = 80n, lease = BigInt(w.now + 15)) =>
  w.call(coordinator.address, calls.encodeAssign(jobId, to, price, lease))

const result = { jobId, receiptHash: requestHash, outputHash: modelRoot, units: 5n, amount: 50n }
function settleBy(w: MarketWorld, signer: typeof provider, change = {}) {
  const settlement = { ...result, ...change }
  const digest = settlementDigest(1337n, settlement)
  const signature = signForWallet(secp256k1, signer.secretKey, digest)
  return w.call(stranger.address, calls.encodeSettle(settlement, signature))
}

function escrowSeenByViem(w: MarketWorld) {
  const output = w.call(stranger.address, calls.encodeEscrowOf(jobId)).output
  return viem.decodeFunctionResult({
    abi: marketAbi,
    functionName: 'escrowOf',
    data: bytesToHex(output),
  })
}

test('every function and event has the selector and topic of its Solidity text', () => {
  const defined = Object.values(abi).filter((item) => typeof item === 'object' && 'name' in item)
  assert.is(defined.length, abi.MARKET_ABI_TEXT.length)
  for (const item of marketAbi) {
    const ours = defined.find((other) => other.name === item.name)
    if (item.type === 'event') {
      assert.is(ours && 'topic' in ours && ours.topic, viem.toEventSelector(item))
    } else {
      assert.is(ours && 'selector' in ours && ours.selector, viem.toFunctionSelector(item))
    }
  }
})

test('a wallet signs the same settlement that the module checks (EIP-712)', async () => {
  const account = privateKeyToAccount(bytesToHex(provider.secretKey))
  const signature = await account.signTypedData({
    domain: {
      name: 'AITBC Market',
      version: '1',
      chainId: 1337,
      verifyingContract: MARKET_ADDRESS,
    },
    types: {
      Settlement: [
        { name: 'jobId', type: 'bytes32' },
        { name: 'receiptHash', type: 'bytes32' },
        { name: 'outputHash', type: 'bytes32' },
        { name: 'units', type: 'uint64' },
        { name: 'amount', type: 'uint256' },
      ],
    },
    primaryType: 'Settlement',
    message: result,
  })
  assert.is(account.address.toLowerCase(), provider.address)
  const digest = settlementDigest(1337n, result)
  assert.is(bytesToHex(signForWallet(secp256k1, provider.secretKey, digest)), signature)
  const w = world()
  open(w)
  assign(w)
  assert.ok(w.call(stranger.address, calls.encodeSettle(result, hexToBytes(signature))).ok)
})

test('the life of a job: open, assign, settle; the rest goes back; viem reads it', () => {
  const w = world()
  assert.ok(open(w).ok)
  assert.is(w.balance(consumer.address), 900n)
  assert.ok(assign(w).ok)
  assert.ok(settleBy(w, provider).ok)
  assert.is(w.balance(provider.address), 50n)
  assert.is(w.balance(consumer.address), 950n)
  assert.is(w.balance(MARKET_ADDRESS), 0n)
  const escrow = escrowSeenByViem(w)
  assert.equal(escrow.slice(5, 7), [100n, 80n])
  assert.equal(escrow.slice(9), [3, 1, requestHash, 50n, 50n])
  const names = w.logs.map((log) => decodeMarketLog(log)?.event)
  assert.equal(names, ['EscrowOpened', 'Assigned', 'Settled'])
  const data = viem.decodeEventLog({
    abi: marketAbi,
    topics: w.logs[2]?.topics as [Hex, ...Hex[]],
    data: bytesToHex(w.logs[2]?.data as Uint8Array),
  })
  assert.is(data.eventName, 'Settled')
})

test('a second, different receipt of the same provider is refused, and so is the same again', () => {
  const w = world()
  open(w)
  assign(w)
  assert.ok(settleBy(w, provider).ok)
  refusedWith('JOB_ENDED', settleBy(w, provider, { receiptHash: modelRoot, amount: 80n }))
  refusedWith('JOB_ENDED', settleBy(w, provider))
  assert.is(w.balance(provider.address), 50n)
})

test('settlement needs the assigned provider, within price and time', () => {
  const w = world()
  open(w)
  refusedWith('NOT_ASSIGNED', settleBy(w, provider))
  assign(w)
  refusedWith('BAD_SIGNATURE', settleBy(w, stranger))
  refusedWith('AMOUNT_ABOVE_PRICE', settleBy(w, provider, { amount: 81n }))
  const digest = settlementDigest(1337n, result)
  const signature = signForWallet(secp256k1, provider.secretKey, digest)
  const bare = Uint8Array.from(signature)
  bare[64] = (bare[64] as number) - 27
  refusedWith('BAD_SIGNATURE', w.call(stranger.address, calls.encodeSettle(result, bare)))
  refusedWith(
    'BAD_SIGNATURE',
    w.call(stranger.address, calls.encodeSettle({ ...result, units: 6n }, signature)),
  )
  w.now = 1_101
  refusedWith('DEADLINE_PASSED', settleBy(w, provider))
  refusedWith('DEADLINE_PASSED', assign(w))
})

test('a lost provider is replaced after his lease, once, and then has no claim', () => {
  const w = world()
  open(w)
  assign(w)
  refusedWith('LEASE_RUNNING', assign(w, stranger.address))
  w.now += 15
  assert.ok(assign(w, stranger.address).ok)
  refusedWith('BAD_SIGNATURE', settleBy(w, provider))
  w.now += 15
  refusedWith('NO_ATTEMPTS_LEFT', assign(w))
  assert.ok(settleBy(w, stranger).ok)
})

test('refunds: cancelled before assignment, failed, expired; each goes back to its source', () => {
  const cancelled = world()
  open(cancelled)
  refusedWith('NOT_CONSUMER', cancelled.call(stranger.address, calls.encodeCancel(jobId)))
  refusedWith('DEADLINE_NOT_REACHED', cancelled.call(stranger.address, calls.encodeRefund(jobId)))
  assert.ok(cancelled.call(consumer.address, calls.encodeCancel(jobId)).ok)
  assert.is(cancelled.balance(consumer.address), 1_000n)

  const failed = world()
  open(failed)
  assign(failed)
  refusedWith('ALREADY_ASSIGNED', failed.call(consumer.address, calls.encodeCancel(jobId)))
  refusedWith('NOT_PARTY', failed.call(stranger.address, calls.encodeFail(jobId, 1)))
  assert.ok(failed.call(provider.address, calls.encodeFail(jobId, 1)).ok)
  assert.is(failed.balance(consumer.address), 1_000n)

  const expired = world()
  expired.call(consumer.address, calls.encodeDeposit(), 300n)
  const forConsumer = calls.encodeOpenEscrowFor({ ...terms, consumer: consumer.address })
  refusedWith('ALLOWANCE_TOO_LOW', expired.call(coordinator.address, forConsumer))
  expired.call(consumer.address, calls.encodeAuthorize(coordinator.address, 150n))
  assert.ok(expired.call(coordinator.address, forConsumer).ok)
  refusedWith('JOB_EXISTS', expired.call(coordinator.address, forConsumer))
  assign(expired)
  expired.now = 1_101
  refusedWith('DEADLINE_PASSED', expired.call(coordinator.address, calls.encodeFail(jobId, 1)))
  assert.ok(expired.call(stranger.address, calls.encodeRefund(jobId)).ok)
  assert.is(expired.balance(consumer.address), 700n)
  assert.ok(expired.call(consumer.address, calls.encodeWithdraw(300n)).ok)
  assert.is(expired.balance(consumer.address), 1_000n)
  refusedWith('DEPOSIT_TOO_LOW', expired.call(consumer.address, calls.encodeWithdraw(1n)))
})

test('terms that make no sense are refused', () => {
  const w = world()
  refusedWith('BAD_DEADLINE', open(w, { deadline: 1_000n }))
  refusedWith('BAD_DEADLINE', open(w, { deadline: 1_001n + 7n * 86_400n }))
  refusedWith('WRONG_JOB_ID', open(w, { jobId: requestHash }))
  refusedWith('WRONG_VALUE', open(w, { priceCap: 101n }))
  refusedWith('BAD_ADDRESS', open(w, { coordinator: `0x${'0'.repeat(40)}` }))
  refusedWith('UNKNOWN_JOB', assign(w))
  open(w)
  refusedWith('PRICE_ABOVE_CAP', assign(w, provider.address, 101n))
  refusedWith('BAD_ADDRESS', assign(w, MARKET_ADDRESS))
  refusedWith('BAD_LEASE', assign(w, provider.address, 80n, 1_101n))
  refusedWith('BAD_LEASE', assign(w, provider.address, 80n, 1_000n))
  refusedWith(
    'NOT_COORDINATOR',
    w.call(stranger.address, calls.encodeAssign(jobId, provider.address, 1n, 1_010n)),
  )
  refusedWith('NOT_PAYABLE', w.call(stranger.address, calls.encodeRefund(jobId), 1n))
  refusedWith('UNKNOWN_FUNCTION', w.call(stranger.address, new Uint8Array(0), 5n))
  refusedWith('UNKNOWN_FUNCTION', w.call(stranger.address, Uint8Array.of(1, 2, 3, 4)))
  const trailing = Uint8Array.from([...calls.encodeRefund(jobId), 0])
  refusedWith('BAD_CALLDATA', w.call(stranger.address, trailing))
  refusedWith('ZERO_AMOUNT', w.call(stranger.address, calls.encodeDeposit()))
})

test('wei that reach the module by a coinbase do not stop it', () => {
  const w = world()
  w.balances.set(MARKET_ADDRESS, 7n)
  assert.ok(open(w).ok)
  assert.is(w.balance(MARKET_ADDRESS), 107n)
})

test.run()

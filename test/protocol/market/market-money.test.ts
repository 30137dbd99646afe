// The money of the market under random calls by random callers: supply, debts, one payment per job,
// never more than the lock, never to anyone but the assigned provider, and the job table obeyed.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { signForWallet } from '../../../protocol/crypto/wallet-signature.ts'
import { jobIdOf } from '../../../protocol/job/job-id.ts'
import type { Escrow } from '../../../protocol/market/escrow.ts'
import { hasEnded, type JobEvent, step } from '../../../protocol/market/job-table.ts'
import * as calls from '../../../protocol/market/market-calls.ts'
import { decodeMarketLog } from '../../../protocol/market/market-log.ts'
import {
  depositSlot,
  loadEscrow,
  TOTAL_DEPOSITS_SLOT,
  TOTAL_LOCKED_SLOT,
} from '../../../protocol/market/market-storage.ts'
import { settlementDigest } from '../../../protocol/market/settlement-digest.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { keyOf, MarketWorld, secp256k1 } from './market-world.ts'

const PEOPLE = [0, 1, 2, 3, 4].map(keyOf)
const who = (i: number) => PEOPLE[i % PEOPLE.length] as ReturnType<typeof keyOf>
const REQUESTS = [1, 2].map((i) => `0x${String(i).repeat(64)}` as Hex)
const STAKE = 1_000n

const action = fc.record({
  kind: fc.constantFrom(
    'deposit',
    'withdraw',
    'authorize',
    'open',
    'open',
    'openFor',
    'openFor',
    'assign',
    'assign',
    'assign',
    'settle',
    'settle',
    'fail',
    'cancel',
    'refund',
    'wait',
    'wait',
  ),
  caller: fc.nat(4),
  other: fc.nat(4),
  job: fc.nat(1),
  amount: fc.bigInt(0n, 400n),
  seconds: fc.nat(60),
})
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

const EVENTS: Record<string, JobEvent> = {
  assign: 'assign',
  settle: 'settle',
  fail: 'fail',
  cancel: 'cancel',
  refund: 'expire',
}

function perform(world: MarketWorld, action: Action): { event?: JobEvent; jobId?: Hex } {
  const { caller, other, amount } = action
  const me = who(caller).address
  const requestHash = REQUESTS[action.job] as Hex
  // Two consumers at most, so that the same jobs are met again and again.
  const consumer = who(action.kind.startsWith('open') ? caller % 2 : other % 2).address
  const jobId = jobIdOf(world.chainId, consumer, requestHash)
  const deadline = BigInt(world.now + 1 + action.seconds * 5)
  const terms = { jobId, requestHash, modelRoot: REQUESTS[0] as Hex, priceCap: amount, deadline }
  switch (action.kind) {
    case 'deposit':
      if (world.balance(me) >= amount) world.call(me, calls.encodeDeposit(), amount)
      return {}
    case 'withdraw':
      world.call(me, calls.encodeWithdraw(amount))
      return {}
    case 'authorize':
      world.call(me, calls.encodeAuthorize(who(other).address, amount))
      return {}
    case 'open':
      if (world.balance(consumer) < amount) return {}
      world.call(
        consumer,
        calls.encodeOpenEscrow({ ...terms, coordinator: who(2).address }),
        amount,
      )
      return {}
    case 'openFor':
      world.call(consumer, calls.encodeAuthorize(who(2).address, 500n))
      if (world.balance(consumer) >= amount) world.call(consumer, calls.encodeDeposit(), amount)
      world.call(who(2).address, calls.encodeOpenEscrowFor({ ...terms, consumer }))
      return {}
    case 'wait':
      world.now += action.seconds % 3 === 0 ? action.seconds * 5 : action.seconds
      return {}
    default:
      break
  }
  const event = EVENTS[action.kind] as JobEvent
  const known = loadOf(world, jobId)
  // Mostly the one who may, sometimes anybody.
  const coordinator = action.seconds % 4 === 0 ? me : who(2).address
  if (action.kind === 'assign') {
    const lease = BigInt(world.now + 1 + (action.seconds % 20))
    const price = action.seconds % 6 === 0 ? amount : amount % ((known?.priceCap ?? 0n) + 1n)
    const provider = who(3 + (other % 2)).address
    world.call(coordinator, calls.encodeAssign(jobId, provider, price, lease))
  } else if (action.kind === 'settle') {
    const price = known?.price ?? 0n
    const paid = action.seconds % 3 === 0 ? amount : price
    const result = {
      jobId,
      receiptHash: REQUESTS[1] as Hex,
      outputHash: jobId,
      units: 3n,
      amount: paid,
    }
    const signer = action.seconds % 5 === 0 ? who(other) : who(3 + (other % 2))
    const digest = settlementDigest(world.chainId, result)
    const signature = signForWallet(secp256k1, signer.secretKey, digest)
    world.call(me, calls.encodeSettle(result, signature))
  } else if (action.kind === 'fail') {
    world.call(coordinator, calls.encodeFail(jobId, 1))
  } else if (action.kind === 'cancel') {
    world.call(action.seconds % 4 === 0 ? me : consumer, calls.encodeCancel(jobId))
  } else {
    world.call(me, calls.encodeRefund(jobId))
  }
  return { event, jobId }
}

const loadOf = (world: MarketWorld, jobId: Hex): Escrow | undefined =>
  loadEscrow({ load: (slot) => world.slots.get(slot) ?? 0n }, jobId)

function checkDebts(world: MarketWorld): void {
  const total = (slot: Hex) => world.slots.get(slot) ?? 0n
  let locked = 0n
  for (const consumer of PEOPLE.slice(0, 2)) {
    for (const request of REQUESTS) {
      const escrow = loadOf(world, jobIdOf(world.chainId, consumer.address, request))
      if (escrow === undefined) continue
      const ended = hasEnded(escrow.state as never)
      if (!ended) locked += escrow.priceCap
      assert.is(escrow.paid + escrow.refunded, ended ? escrow.priceCap : 0n)
      assert.ok(escrow.paid <= escrow.price)
      assert.ok(escrow.attempts <= 2)
    }
  }
  const deposits = PEOPLE.reduce((sum, { address }) => sum + total(depositSlot(address)), 0n)
  assert.is(total(TOTAL_LOCKED_SLOT), locked)
  assert.is(total(TOTAL_DEPOSITS_SLOT), deposits)
  assert.is(world.balance(MARKET_ADDRESS), locked + deposits)
}

/** Every job's events, in order: one end at most, and the provider paid is the one assigned last. */
function checkLogs(world: MarketWorld): Map<string, number> {
  const assigned = new Map<Hex, Hex>()
  const ends = new Map<string, number>()
  const locked = new Map<Hex, bigint>()
  for (const log of world.logs.map((log) => decodeMarketLog(log))) {
    if (log?.event === 'EscrowOpened') {
      assert.not.ok(locked.has(log.jobId), 'opened twice')
      locked.set(log.jobId, log.priceCap)
    }
    if (log?.event === 'Assigned') assigned.set(log.jobId, log.provider)
    if (log?.event === 'Settled' || log?.event === 'Refunded') {
      assert.not.ok(ends.has(log.jobId), 'ended twice')
      ends.set(log.jobId, 1)
      const refunded = log.event === 'Settled' ? log.amount + log.refunded : log.amount
      assert.is(refunded, locked.get(log.jobId))
      if (log.event === 'Settled') assert.is(log.provider, assigned.get(log.jobId))
    }
  }
  return ends
}

test('random calls by random callers keep every promise about money', () => {
  const reached = new Map<string, number>()
  fc.assert(
    fc.property(fc.array(action, { minLength: 20, maxLength: 80 }), (actions) => {
      const world = new MarketWorld()
      for (const { address } of PEOPLE) world.balances.set(address, STAKE)
      const supply = world.supply()
      for (const action of actions) {
        const jobId = [0, 1].map((i) =>
          jobIdOf(world.chainId, who(i).address, REQUESTS[action.job] as Hex),
        )[action.other % 2] as Hex
        const before = loadOf(world, jobId)
        const { event } = perform(world, action)
        const after = loadOf(world, jobId)
        if (event !== undefined && before !== undefined && after !== undefined) {
          const allowed = step(before.state as never, event)
          const changed = before.state !== after.state || before.attempts !== after.attempts
          if (changed) assert.is(after.state, allowed?.next, `${before.state} ${event}`)
          const edge = `${before.state} ${event}${changed ? '' : ' refused'}`
          reached.set(edge, (reached.get(edge) ?? 0) + 1)
        }
        assert.is(world.supply(), supply)
        checkDebts(world)
      }
      checkLogs(world)
    }),
    { numRuns: 250 },
  )
  // The sweep is worth nothing if it never gets there: every step that the chain knows was taken.
  for (const edge of [
    'pending assign',
    'pending fail',
    'pending cancel',
    'pending expire',
    'assigned assign',
    'assigned settle',
    'assigned fail',
    'assigned expire',
    'completed settle refused',
    'assigned cancel refused',
    'expired expire refused',
  ]) {
    assert.ok(reached.has(edge), `never reached: ${edge}`)
  }
})

test.run()

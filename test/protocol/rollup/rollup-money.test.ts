// The rollup's money under random operations, against a model of plain maps: every unit is where
// it must be after each step, an exit is paid at most once and never before its root is settled,
// forged proofs are refused, and when the shard freezes (at any root that is still open) everybody
// gets exactly what he had there.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import {
  EXIT_INDEX,
  FORCE_AFTER_BLOCKS,
  FREEZE_AFTER_BLOCKS,
  ROLLUP_ADDRESS,
  ROLLUP_CHALLENGE_SECONDS,
} from '../../../protocol/params.ts'
import { freezeAt } from '../../../protocol/rollup/freeze.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { loadMoney, surplusWei } from '../../../protocol/rollup/rollup-money.ts'
import { loadRoot, loadShard } from '../../../protocol/rollup/shard-record.ts'
import type { Batch, BatchPlan } from './make-claim.ts'
import { type ModelExit, RollupModel } from './rollup-model.ts'
import { account, RollupWorld, START_SECONDS, UNIT } from './rollup-world.ts'

const ACCOUNTS = 3
const BALANCE = 500n
const OWNER = account(9)
const EMPTY_PROOF = new Uint8Array(0)

const action = fc.record({
  kind: fc.constantFrom(
    ...(['register', 'deposit', 'deposit', 'force', 'batch', 'batch', 'batch', 'batch'] as const),
    ...(['exit', 'exit', 'exit', 'forge', 'time', 'time', 'blocks'] as const),
  ),
  who: fc.nat(4),
  pick: fc.nat(10_000),
  amount: fc.bigInt(0n, 300n),
  wishes: fc.array(fc.tuple(fc.nat(9), fc.nat(11), fc.bigInt(0n, 200n)), { maxLength: 5 }),
})
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

/** What the tests count, so that a run in which nothing happened is seen. */
const seen = { exits: 0, forced: 0, early: 0, leavers: 0, refunds: 0, rolledBack: 0 }

class Pair {
  readonly world = new RollupWorld({ accounts: ACCOUNTS, balance: BALANCE, owner: OWNER })
  readonly model = new RollupModel(ACCOUNTS, BALANCE, OWNER, START_SECONDS * 1000)
  readonly batches = new Map<number, Batch>()
  readonly total = this.world.wei
  people = 0

  get seconds(): number {
    return Math.floor(this.world.nowMs / 1000)
  }

  check(): void {
    const { world, model } = this
    const money = loadMoney(world.system)
    assert.equal(money, {
      supply: model.supply,
      inbox: model.waiting,
      exits: model.unpaid,
      parcels: 0n,
    })
    assert.is(surplusWei(world.system), 0n)
    assert.is(world.wei, this.total)
    if (model.frozenAt) return
    assert.is(world.shard.supply, model.supply)
    for (const [index, balance] of model.balances) {
      assert.is(world.shard.table.balanceOf(index), balance, `balance of ${index}`)
    }
  }

  private isSettled(number: number): boolean {
    const root = this.model.rootOf(number)
    if (!root) return false
    return (
      root.number === 0 ||
      this.seconds >= Math.floor(root.statedMs / 1000) + ROLLUP_CHALLENGE_SECONDS
    )
  }

  batch({ pick, wishes }: Action): void {
    const { world, model } = this
    world.next(1 + (pick % 4000))
    const { head } = world
    const fee = pick % 3
    const inboxTo = head.inboxTo + (pick % (head.inboxCount - head.inboxTo + 1))
    const wished = wishes.map(([from, to, amount]) => {
      return { from, to: to > 9 ? EXIT_INDEX : to, amount }
    })
    const transfers = model.possible(wished, inboxTo, fee)
    if (transfers.length === 0 && inboxTo === head.inboxTo) return
    const states = pick % 4 === 0 || head.number - head.rootNumber >= 15
    const shared = { transfers, inboxTo, fee, feeAccount: 0, states, sequencer: 0, parcels: [] }
    const plan: Required<BatchPlan> = { ...shared, operations: [] }
    const made = world.batch(plan)
    assert.is(world.order([world.sign(made.claim)]), '')
    this.batches.set(made.claim.number, made)
    model.batch(plan, world.nowMs)
  }

  /** Fetches an exit, or is told why not. */
  exit(exit: ModelExit): void {
    const { world, model } = this
    const data = calls.encodeClaimExit(
      world.exit(this.batches.get(exit.number) as Batch, exit.position),
    )
    const owner = model.owners[exit.from] as `0x${string}`
    const before = world.balance(owner)
    const code = world.code(account(30), data)
    if (!model.rootOf(exit.number)) assert.is(code, 'EXIT_NOT_STATED')
    else if (!this.isSettled(exit.number)) {
      assert.is(code, 'NOT_SETTLED')
      seen.early++
    } else if (model.isPaid(exit)) assert.is(code, 'ALREADY_PAID')
    else {
      assert.is(code, '')
      assert.is(world.balance(owner) - before, exit.amount * UNIT)
      model.pay(exit)
      seen.exits++
    }
  }

  /** Changes one thing of an exit that could be paid. */
  forge(exit: ModelExit, { pick, amount }: Action): void {
    const { world, model } = this
    if (!this.isSettled(exit.number) || model.isPaid(exit)) return
    const real = world.exit(this.batches.get(exit.number) as Batch, exit.position)
    const proof = Uint8Array.from(real.proof)
    if (proof.length > 0) proof[pick % proof.length] = (proof[pick % proof.length] as number) ^ 1
    const forged: Partial<calls.ExitClaim>[] = [
      { amount: real.amount + 1n + amount },
      { from: (real.from + 1) % ACCOUNTS },
      { entry: real.entry + 1 },
      { total: real.total + 1n },
      { position: real.position + 1 },
      { proof: proof.length > 0 ? proof : new Uint8Array(32) },
      { proof: new Uint8Array(proof.length + 32) },
    ]
    for (const change of forged) {
      const code = world.code(account(30), calls.encodeClaimExit({ ...real, ...change }))
      assert.is.not(code, '', JSON.stringify(Object.keys(change)))
    }
  }

  perform(one: Action): void {
    const { world, model } = this
    const { who, pick, amount } = one
    const some = model.exits[pick % Math.max(1, model.exits.length)]
    const index = pick % model.owners.length
    switch (one.kind) {
      case 'register':
        world.register(this.people, amount)
        model.register(account(this.people++), amount)
        break
      case 'deposit':
        if (amount === 0n) break
        world.deposit(who, index, amount)
        model.deposit(index, amount)
        break
      case 'force': {
        const to = pick % 3 === 0 ? EXIT_INDEX : who % model.owners.length
        if (amount === 0n) break
        const data = calls.encodeForceTransfer(index, to, amount)
        assert.is(world.code(account(31), data), 'NOT_OWNER')
        world.do(model.owners[index] as `0x${string}`, data)
        model.force(index, to, amount)
        seen.forced++
        break
      }
      case 'batch':
        this.batch(one)
        break
      case 'exit':
        if (some) this.exit(some)
        break
      case 'forge':
        if (some) this.forge(some, one)
        break
      case 'time':
        world.next(pick, 0)
        break
      case 'blocks':
        world.next(100, pick % 5)
    }
  }

  /** At one of the roots that can still be challenged, or at the last one because nobody listens. */
  freeze(pick: number): void {
    const { world, model } = this
    const { firstRoot, lastRoot } = loadShard(world.system, 0)
    let serial = lastRoot
    for (let back = pick % 4; back > 0 && serial > firstRoot; back--) {
      const { number } = loadRoot(world.system, 0, serial)
      if (!this.isSettled(number)) serial--
    }
    const number = loadRoot(world.system, 0, serial).number
    if (serial < lastRoot) {
      freezeAt(world.system, 0, serial, () => undefined)
      seen.rolledBack++
    } else {
      world.deposit(0, 0, 1n)
      model.deposit(0, 1n)
      world.next(100, FREEZE_AFTER_BLOCKS)
      const waits = world.head.inboxTo === world.head.inboxCount - 1
      if (waits) assert.is(world.code(account(1), calls.encodeFreeze(0)), 'CANNOT_FREEZE')
      world.next(0)
      world.do(account(1), calls.encodeFreeze(0))
    }
    for (let at = model.number; at > number; at--) {
      world.shard.undo((this.batches.get(at) as Batch).executed.undo)
    }
    model.freeze(model.roots.findIndex((root) => root.number === number))
    assert.is(world.shard.root(hashPairsNoble), world.head.root)
    assert.is(world.code(account(0), calls.encodeDepositTo(0), UNIT), 'SHARD_FROZEN')
  }

  /** Everybody goes, with everything, once. */
  leave(): void {
    const { world, model } = this
    for (const index of model.balances.keys()) {
      if (!this.isSettled(model.number)) {
        assert.is(world.code(account(1), world.exitFrozen(index)), 'NOT_SETTLED')
      }
    }
    world.next(ROLLUP_CHALLENGE_SECONDS * 1000 + 1000)
    for (const exit of model.exits) this.exit(exit)
    for (const exit of model.exits) this.exit(exit)
    for (const [index, balance] of model.balances) {
      const owner = model.owners[index] as `0x${string}`
      const before = world.balance(owner)
      const data = world.exitFrozen(index)
      const other = calls.encodeExitFrozen(index, `0x${'01'.repeat(32)}`, EMPTY_PROOF)
      assert.is(world.code(account(1), other), 'BAD_PROOF')
      assert.is(world.code(account(1), data), balance === 0n ? 'NO_BALANCE' : '')
      assert.is(world.balance(owner) - before, balance * UNIT)
      if (balance > 0n) assert.is(world.code(account(1), data), 'ALREADY_PAID')
      model.left.add(index)
      seen.leavers++
      this.check()
    }
    for (const [i, { kind, from, amount }] of model.messages.entries()) {
      const owner = model.owners[from] as `0x${string}`
      const before = world.balance(owner)
      const isOwed = i >= model.inboxTo && kind !== 'force' && amount > 0n
      const data = calls.encodeRefundMessage(0, i)
      assert.is(world.code(account(1), data), isOwed ? '' : 'NOTHING_TO_REFUND')
      assert.is(world.balance(owner) - before, isOwed ? amount * UNIT : 0n)
      if (isOwed) assert.is(world.code(account(1), data), 'NOTHING_TO_REFUND')
      model.refunded.add(i)
      seen.refunds++
    }
    this.check()
    assert.is(world.balance(ROLLUP_ADDRESS), 0n)
  }
}

test('random operations conserve every unit, and everybody leaves a frozen shard with what is theirs', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 60, maxLength: 60 }), fc.nat(), (actions, pick) => {
      const pair = new Pair()
      for (const one of actions) {
        // What waits too long must be consumed, or the next claim is refused.
        const { head } = pair.world
        if (pair.world.height > FORCE_AFTER_BLOCKS && head.inboxTo < head.inboxCount) {
          pair.batch({ ...one, pick: head.inboxCount - head.inboxTo, wishes: [] })
        }
        pair.perform(one)
        pair.check()
      }
      pair.freeze(pick)
      pair.check()
      pair.leave()
    }),
    { numRuns: 80 },
  )
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 5, `${what}: ${count}`)
})

test.run()

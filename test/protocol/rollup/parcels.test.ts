// Money between shards, under random operations of K shards on one base chain, against a model of
// plain maps: every unit is in one place after each step, a parcel is consumed once, whole, in its
// order and not before its root is settled, whoever tries otherwise is refused, and when a shard
// freezes on either side, nobody loses or gains a unit.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prng } from '../../../lib/prng.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import {
  COHORT_SIZE,
  EXIT_INDEX,
  PARCEL_FORCE_SECONDS,
  ROLLUP_CHALLENGE_SECONDS,
} from '../../../protocol/params.ts'
import { freezeAt } from '../../../protocol/rollup/freeze.ts'
import { shardOf, slotOf } from '../../../protocol/rollup/layout.ts'
import { earlyLeaves, outboxLeaves } from '../../../protocol/rollup/outbox-leaves.ts'
import { outgoingRoot, readOutgoing } from '../../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { oldestSent } from '../../../protocol/rollup/parcel-notice.ts'
import { encodeRefundParcel, type ParcelCredit } from '../../../protocol/rollup/rollup-calls.ts'
import { loadMoney, surplusWei } from '../../../protocol/rollup/rollup-money.ts'
import { loadShard } from '../../../protocol/rollup/shard-record.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import type { Batch, BatchPlan, TestTransfer } from './make-claim.ts'
import { account, RollupWorld, UNIT } from './rollup-world.ts'

const BALANCE = 1000n
const seen = {
  ...{ sent: 0, consumed: 0, early: 0, twice: 0, skipped: 0, returned: 0, frozen: 0 },
  /** Sources of which the oldest claims are not needed any more. */
  letGo: 0,
}

interface Sent extends Parcel {
  readonly credits: readonly { readonly from: number; readonly to: number; amount: bigint }[]
  statedAt: number | undefined
}

/** K shards, and what everybody must have in them. */
class Shards {
  readonly world: RollupWorld
  readonly k: number
  /** Accounts used: some of each shard. */
  readonly accounts: number[] = []
  readonly balances = new Map<number, bigint>()
  /** Under way, by source and destination, oldest first. */
  readonly queues = new Map<string, Sent[]>()
  consumed: (readonly [destination: number, parcel: Sent, by: number])[] = []
  exits: { readonly shard: number; readonly number: number; readonly amount: bigint }[] = []
  readonly total: bigint
  private readonly firstSent = new Map<number, number>()

  constructor(k: number) {
    this.k = k
    const accounts = COHORT_SIZE * (k - 1) + 8
    this.world = new RollupWorld({ shards: k, accounts, balance: BALANCE, owner: account(9) })
    for (let s = 0; s < k; s++) {
      for (let i = 0; i < 5; i++) this.accounts.push(s * COHORT_SIZE + i)
    }
    for (const index of this.accounts) this.balances.set(index, BALANCE)
    this.total = this.world.wei
  }

  queue(source: number, destination: number): Sent[] {
    const key = `${source} ${destination}`
    const found = this.queues.get(key) ?? []
    this.queues.set(key, found)
    return found
  }

  get seconds(): number {
    return Math.floor(this.world.nowMs / 1000)
  }

  isSettled({ statedAt }: Sent): boolean {
    return statedAt !== undefined && this.seconds >= statedAt + ROLLUP_CHALLENGE_SECONDS
  }

  /** Up to `most` that can be consumed, of each source in its order. */
  ready(destination: number, most: number): Sent[] {
    const found: Sent[] = []
    for (let source = 0; source < this.k; source++) {
      for (const parcel of this.queue(source, destination)) {
        if (found.length >= most || !this.isSettled(parcel)) break
        found.push(parcel)
      }
    }
    return found
  }

  get exited(): bigint {
    return this.exits.reduce((sum, { amount }) => sum + amount, 0n)
  }

  isFrozen = (shard: number) => loadShard(this.world.system, shard).frozen

  add(index: number, amount: bigint): void {
    this.balances.set(index, (this.balances.get(index) ?? 0n) + amount)
  }

  /** What a batch that was ordered did, as the model sees it. */
  done(shard: number, plan: BatchPlan, { claim }: Batch): void {
    const sent = new Map<number, { from: number; to: number; amount: bigint }[]>()
    const send = (from: number, to: number, amount: bigint) => {
      const destination = shardOf(to, this.k)
      sent.set(destination, [...(sent.get(destination) ?? []), { from, to, amount }])
    }
    for (const parcel of (plan.parcels ?? []) as readonly Sent[]) {
      const next = this.queue(parcel.shard, shard).shift()
      assert.is(next, parcel)
      this.consumed.push([shard, parcel, claim.number])
      seen.consumed++
      for (const { from, to, amount } of parcel.credits) {
        if (this.balances.has(to)) this.add(to, amount)
        else {
          send(to, from, amount)
          seen.returned++
        }
      }
    }
    for (const { from, to, amount } of plan.transfers ?? []) {
      this.add(from, -amount)
      if (to === EXIT_INDEX) this.exits.push({ shard, number: claim.number, amount })
      else if (shardOf(to, this.k) === shard) this.add(to, amount)
      else send(from, to, amount)
    }
    for (const [destination, credits] of sent) {
      const box = claim.outbox.find((one) => one.shard === destination)
      assert.is(box?.credits, credits.length)
      const { leaves } = this.boxes.get(claim.number * this.k + shard)?.get(destination) as Parcel
      const parcel = { shard, number: claim.number, leaves, credits, statedAt: undefined }
      this.queue(shard, destination).push(parcel)
      seen.sent++
    }
    if (claim.stateRoot === undefined) return
    for (let to = 0; to < this.k; to++) {
      for (const one of this.queue(shard, to)) one.statedAt ??= this.seconds
    }
  }

  /** Leaves of outboxes, by claim. */
  readonly boxes = new Map<number, Map<number, Parcel>>()

  make(shard: number, plan: BatchPlan): Batch {
    const batch = this.world.batch({ sequencer: shard % 4, ...plan }, shard)
    const { number } = batch.claim
    const signed = this.world.sign(batch.claim)
    const early = earlyLeaves(signed, batch.executed.outbox)
    const place = { shard, shards: this.k }
    for (const box of batch.executed.outbox) {
      assert.equal(outboxLeaves(signed, batch.body, early, place, box.shard), box.leaves)
    }
    const boxes = batch.executed.outbox.map(({ shard: to, leaves }) => {
      return [to, { shard, number, leaves }] as const
    })
    this.boxes.set(number * this.k + shard, new Map(boxes))
    return batch
  }

  order(shard: number, plan: BatchPlan): void {
    const batch = this.make(shard, plan)
    assert.is(this.world.order([this.world.sign(batch.claim)]), '')
    this.done(shard, plan, batch)
  }

  /** What waits for a shard is never older than what the source is told to keep. */
  private checkSent(source: number): void {
    const oldest = oldestSent(this.world.view, source) ?? Number.POSITIVE_INFINITY
    for (let to = 0; to < this.k; to++) {
      for (const { number } of this.queue(source, to)) assert.ok(number >= oldest, `${number}`)
    }
    if (oldest > (this.firstSent.get(source) ?? oldest)) seen.letGo++
    if (Number.isFinite(oldest)) this.firstSent.set(source, this.firstSent.get(source) ?? oldest)
  }

  check(): void {
    const { world } = this
    const money = loadMoney(world.system)
    let underWay = 0n
    for (const queue of this.queues.values()) {
      for (const { credits } of queue)
        underWay += credits.reduce((sum, one) => sum + one.amount, 0n)
    }
    assert.is(money.parcels, underWay)
    assert.is(money.exits, this.exited)
    assert.is(surplusWei(world.system), 0n)
    assert.is(world.wei, this.total)
    for (let source = 0; source < this.k; source++) this.checkSent(source)
    for (const index of this.accounts) {
      const shard = shardOf(index, this.k)
      if (this.isFrozen(shard)) continue
      const { table, supply } = world.shards[shard] as (typeof world.shards)[number]
      assert.is(table.balanceOf(slotOf(index, this.k)), this.balances.get(index), `${index}`)
      assert.is(loadShard(world.system, shard).supply, supply)
    }
  }
}

function transfersOf(shards: Shards, shard: number, random: ReturnType<typeof prng>) {
  const transfers: TestTransfer[] = []
  for (const from of shards.accounts.filter((one) => shardOf(one, shards.k) === shard)) {
    if (random.chance(0.5)) continue
    const has = Number(shards.balances.get(from) ?? 0n)
    const strange =
      shard === 0 ? COHORT_SIZE * shards.k * 3 + COHORT_SIZE + 1 : 17 * COHORT_SIZE * shards.k
    const to = random.chance(0.1)
      ? EXIT_INDEX
      : random.chance(0.1)
        ? strange
        : (shards.accounts[random.below(shards.accounts.length)] as number)
    transfers.push({ from, to, amount: BigInt(Math.floor(random.unit() * (has / 2))) })
  }
  return transfers
}

/** What a sequencer could try with what waits for its shard: each is refused. */
function cheat(shards: Shards, shard: number, random: ReturnType<typeof prng>): void {
  const { world } = shards
  const tries: [Parcel[], string][] = []
  for (let source = 0; source < shards.k; source++) {
    const queue = shards.queue(source, shard)
    const [first, second] = queue
    if (first && !shards.isSettled(first)) tries.push([[first], 'PARCEL_EARLY'])
    if (second) tries.push([[second], 'PARCELS'])
    const old = shards.consumed.filter(([to, one]) => to === shard && one.shard === source)
    const again = old[random.below(Math.max(1, old.length))]?.[1]
    if (again) tries.push([[again], 'PARCELS'])
  }
  for (const [parcels, code] of tries) {
    const state = world.shards[shard] as (typeof world.shards)[number]
    const batch = world.batch({ parcels, sequencer: shard % 4 }, shard)
    assert.is(world.order([world.sign(batch.claim)]), code)
    state.undo(batch.executed.undo)
    if (code === 'PARCEL_EARLY') seen.early++
    else if (shards.consumed.some(([, one]) => one === parcels[0])) seen.twice++
    else seen.skipped++
  }
}

function step(shards: Shards, random: ReturnType<typeof prng>): void {
  const { world } = shards
  world.next(random.chance(0.2) ? 12_000 : 50 + random.below(900))
  const shard = random.below(shards.k)
  if (random.chance(0.3)) cheat(shards, shard, random)
  const head = world.headOf(shard)
  const isOverdue = shards
    .ready(shard, 1000)
    .some(
      (one) =>
        shards.seconds > (one.statedAt ?? 0) + ROLLUP_CHALLENGE_SECONDS + PARCEL_FORCE_SECONDS,
    )
  const parcels = shards.ready(shard, isOverdue ? 256 : random.below(4))
  const plan = {
    transfers: transfersOf(shards, shard, random),
    parcels,
    states: random.chance(0.4) || head.number - head.rootNumber >= 15,
  }
  if (plan.transfers.length + parcels.length > 0) shards.order(shard, plan)
  shards.check()
}

/** Takes a shard back to a root that can still be challenged, or to its last one. */
function freeze(shards: Shards, shard: number): void {
  const { world } = shards
  const { lastRoot } = loadShard(world.system, shard)
  const before = world.wei
  freezeAt(world.system, shard, lastRoot, () => {})
  const { number } = loadShard(world.system, shard)
  for (let other = 0; other < shards.k; other++) {
    const sent = shards.queue(shard, other)
    while (sent.length > 0 && (sent.at(-1) as Sent).number > number) sent.pop()
  }
  shards.exits = shards.exits.filter((one) => one.shard !== shard || one.number <= number)
  for (const [to, parcel, by] of [...shards.consumed].reverse()) {
    if (to === shard && by > number) shards.queue(parcel.shard, to).unshift(parcel)
  }
  seen.frozen++
  assert.is(world.wei, before)
  assert.is(surplusWei(world.system), 0n)
}

test('money between shards is in one place at any time, and arrives once', () => {
  const property = fc.property(fc.integer({ min: 2, max: 5 }), fc.string(), (k, seed) => {
    const random = prng(`parcels/${seed}`)
    const shards = new Shards(k)
    for (let i = 0; i < 40; i++) step(shards, random)
    // Everything arrives when it may.
    for (let round = 0; round < 4; round++) {
      for (let shard = 0; shard < k; shard++) {
        const { number, rootNumber } = shards.world.headOf(shard)
        const parcels = shards.ready(shard, 256)
        if (parcels.length > 0 || rootNumber < number) shards.order(shard, { parcels })
      }
      shards.world.next(1000 * ROLLUP_CHALLENGE_SECONDS)
      shards.check()
    }
    assert.is(loadMoney(shards.world.system).parcels, 0n)
    let sum = shards.exited
    for (const index of shards.accounts) sum += shards.balances.get(index) as bigint
    assert.is(sum, BALANCE * BigInt(shards.accounts.length))
  })
  fc.assert(property, { numRuns: 12, includeErrorInReport: true })
  for (const [what, count] of Object.entries(seen)) {
    if (what !== 'frozen') assert.ok(count > 0, what)
  }
})

test('a source that freezes takes back what nobody could consume, and what was consumed stays', () => {
  const property = fc.property(fc.integer({ min: 2, max: 4 }), fc.string(), (k, seed) => {
    const random = prng(`frozen/${seed}`)
    const shards = new Shards(k)
    for (let i = 0; i < 20; i++) step(shards, random)
    freeze(shards, random.below(k))
    shards.check()
    for (let shard = 0; shard < k; shard++) {
      shards.world.next(11_000)
      if (shards.isFrozen(shard)) continue
      const parcels = shards.ready(shard, 256)
      if (parcels.length > 0) shards.order(shard, { parcels })
      shards.check()
    }
  })
  fc.assert(property, { numRuns: 8, includeErrorInReport: true })
  assert.ok(seen.frozen > 0)
})

test('what was on its way to a shard that has frozen is paid on the base chain, once', () => {
  const shards = new Shards(2)
  const { world } = shards
  const paid = [0, 1, 2].map((from) => ({
    from,
    to: COHORT_SIZE + from,
    amount: 7n + BigInt(from),
  }))
  shards.order(0, { transfers: paid })
  const leaves = shards.boxes.get(2)?.get(1)?.leaves as Uint32Array
  const tree = new MerkleTree(hashPairsNoble)
  outgoingRoot(leaves, tree)
  const credit = (position: number) => {
    const leaf = readOutgoing(leaves, position)
    return { source: 0, number: 1, position, leaf, proof: tree.proof(position) }
  }
  const ask = (one: ParcelCredit) => world.code(account(20), encodeRefundParcel(one))
  assert.is(ask(credit(0)), 'NOT_FROZEN')
  freezeAt(world.system, 1, 0, () => {})
  assert.is(ask(credit(0)), 'NOT_SETTLED')
  world.next(1000 * ROLLUP_CHALLENGE_SECONDS + 1000)
  const before = world.balance(account(9))
  const { leaf } = credit(0)
  assert.is(ask({ ...credit(0), leaf: { ...leaf, amount: 8n } }), 'BAD_PROOF')
  assert.is(ask({ ...credit(0), number: 2 }), 'NOTHING_TO_REFUND')
  assert.is(ask({ ...credit(0), leaf: { ...leaf, to: 5 } }), 'NOT_FROZEN')
  for (const position of [0, 2, 1]) {
    assert.is(ask(credit(position)), '')
    assert.is(ask(credit(position)), 'ALREADY_PAID')
  }
  assert.is(world.balance(account(9)) - before, (7n + 8n + 9n) * UNIT)
  assert.is(loadMoney(world.system).parcels, 0n)
  assert.is(surplusWei(world.system), 0n)
})

test('a parcel that waited too long must be consumed by the next claim', () => {
  const shards = new Shards(2)
  const { world } = shards
  shards.order(0, { transfers: [{ from: 0, to: COHORT_SIZE, amount: 7n }] })
  const wait = 1000 * (ROLLUP_CHALLENGE_SECONDS + PARCEL_FORCE_SECONDS)
  world.next(wait)
  const transfers = [{ from: COHORT_SIZE, to: COHORT_SIZE + 1, amount: 1n }]
  const { claim } = world.batch({ transfers, sequencer: 1 }, 1)
  world.next(1000)
  assert.is(world.order([world.sign(claim)]), 'LEFT_OUT')
  world.nowMs -= 1000
  assert.is(world.order([world.sign(claim)]), '')
})

test.run()

// Shards on a base chain whose number changes at the end of epochs, beside plain balances: batches
// with transfers within and between shards, messages, exits, and the drain before a change.

import * as assert from 'uvu/assert'
import type { Prng } from '../../../lib/prng.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import {
  COHORT_SIZE,
  EXIT_INDEX,
  GOVERNANCE_ADDRESS,
  PARCEL_FORCE_SECONDS,
  ROLLUP_CHALLENGE_SECONDS,
} from '../../../protocol/params.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { shardOf, slotOf } from '../../../protocol/rollup/layout.ts'
import { isUnopened } from '../../../protocol/rollup/order-opening.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { waitingParcels } from '../../../protocol/rollup/parcel-notice.ts'
import { sourcesOf } from '../../../protocol/rollup/reshard-layout.ts'
import { reshardedState } from '../../../protocol/rollup/reshard-state.ts'
import { assertRollupMoney, surplusWei } from '../../../protocol/rollup/rollup-money.ts'
import { loadNumbering } from '../../../protocol/rollup/rollup-storage.ts'
import { noteClosing, WANTED_SLOT } from '../../../protocol/rollup/shard-change.ts'
import { loadShard } from '../../../protocol/rollup/shard-record.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { turnShards } from '../../../protocol/rollup/turn-shards.ts'
import type { Batch, BatchPlan, TestTransfer } from './make-claim.ts'
import { account, RollupWorld } from './rollup-world.ts'

export const BALANCE = 1000n
const COHORTS = 5
const PER_COHORT = 4

export interface MadeExit {
  readonly shard: number
  readonly batch: Batch
  readonly position: number
}

export class ReshardWorld extends RollupWorld {
  readonly accounts: number[] = []
  readonly expected = new Map<number, bigint>()
  /** `source/number/destination`, of all that were ever sent. */
  readonly parcels = new Map<string, Parcel>()
  readonly consumed: (readonly [destination: number, parcel: Parcel])[] = []
  readonly exits: MadeExit[] = []
  /** The shards before the last change. */
  before: readonly ShardState[] = []
  private readonly total: bigint

  constructor(shards: number) {
    const accounts = COHORT_SIZE * (COHORTS - 1) + PER_COHORT
    super({ shards, accounts, balance: BALANCE, owner: account(9) })
    for (let cohort = 0; cohort < COHORTS; cohort++) {
      for (let i = 0; i < PER_COHORT; i++) this.accounts.push(cohort * COHORT_SIZE + i)
    }
    for (const index of this.accounts) this.expected.set(index, BALANCE)
    this.total = this.wei
  }

  get k(): number {
    return this.shards.length
  }

  get seconds(): number {
    return Math.floor(this.nowMs / 1000)
  }

  stateOf(shard: number): ShardState {
    return this.shards[shard] as ShardState
  }

  /** What governance wants: as many and one, as a parameter is stored. */
  want(shards: number): void {
    this.words.set(`${GOVERNANCE_ADDRESS} ${WANTED_SLOT}`, BigInt(shards + 1))
  }

  override next(ms = 100, blocks = 1): void {
    super.next(ms, blocks)
    noteClosing(this.system, this.rules, this.height, this.nowMs)
  }

  /** The last block of the epoch. True when the number of shards changed. */
  turn(): boolean {
    const { epoch, epochMs, startMs } = this.rules
    this.next(Math.max(100, startMs + epochMs - this.nowMs))
    const before = loadNumbering(this.system)
    const wei = this.wei
    turnShards(this.system, { epoch: epoch + 1, timestampMs: this.nowMs })
    const startHeight = this.height + 1
    this.rules = { ...this.rules, epoch: epoch + 1, startHeight, startMs: this.nowMs }
    assertRollupMoney(this.system)
    assert.is(this.wei, wei)
    const after = loadNumbering(this.system)
    if (after.generation === before.generation) return false
    const old = this.shards
    this.before = old
    this.shards = Array.from({ length: after.shards }, (_, shard) => {
      const place = { shard, shards: after.shards }
      const sources = sourcesOf(place, before.shards).map((at) => old[at] as ShardState)
      const { entries, inboxTo } = loadShard(this.system, shard)
      return reshardedState(place, sources, { entries, inboxTo })
    })
    return true
  }

  override deposit(n: number, index: number, units: bigint): void {
    super.deposit(n, index, units)
    this.add(index, units)
  }

  /** The first claim of a shard after a change. */
  opening(shard: number): Claim {
    return this.sign(
      this.batch({ inboxTo: this.headOf(shard).inboxTo, sequencer: shard % 4 }, shard).claim,
    )
  }

  open(count = this.k): void {
    for (let shard = 0; shard < count; shard++) {
      if (!isUnopened(this.system, shard)) continue
      this.next()
      assert.is(this.order([this.opening(shard)]), '')
      this.check()
    }
  }

  /** Parcels that a claim of the shard can consume now, oldest first. */
  takeable(shard: number): Parcel[] {
    return waitingParcels(this.view, shard)
      .filter(({ from }) => from !== undefined && from <= this.seconds)
      .map(({ source, number }) => this.parcels.get(`${source}/${number}/${shard}`) as Parcel)
  }

  private add(index: number, amount: bigint): void {
    this.expected.set(index, (this.expected.get(index) ?? 0n) + amount)
  }

  /** Makes and orders a batch in a block of its own; expects what it does. */
  make(shard: number, plan: BatchPlan): Batch {
    this.next()
    const { inboxTo } = this.headOf(shard)
    const parcels = plan.parcels ?? []
    const batch = this.batch({ sequencer: shard % 4, ...plan }, shard)
    assert.is(this.order([this.sign(batch.claim)]), '')
    const { number } = batch.claim
    for (const { shard: to, leaves } of batch.executed.outbox) {
      this.parcels.set(`${shard}/${number}/${to}`, { shard, number, leaves: leaves.slice() })
    }
    for (const parcel of parcels) this.consumed.push([shard, parcel])
    for (const { from, to, amount } of plan.transfers ?? []) {
      this.add(from, -amount)
      if (to !== EXIT_INDEX) this.add(to, amount)
    }
    for (let at = 0; at < batch.claim.exits; at++) this.exits.push({ shard, batch, position: at })
    assert.ok(this.headOf(shard).inboxTo >= inboxTo)
    this.check()
    return batch
  }

  transfers(shard: number, random: Prng): TestTransfer[] {
    const own = this.accounts.filter((one) => shardOf(one, this.k) === shard)
    return own.flatMap((from) => {
      if (random.chance(0.5)) return []
      const has = this.stateOf(shard).table.balanceOf(slotOf(from, this.k))
      const amount = (has * BigInt(1 + random.below(50))) / 100n
      const to = random.chance(0.15)
        ? EXIT_INDEX
        : (this.accounts[random.below(this.accounts.length)] as number)
      return [{ from, to, amount }]
    })
  }

  /** A batch of some shard, of whatever there is. */
  random(random: Prng): void {
    const shard = random.below(this.k)
    const waiting = this.takeable(shard)
    const isOverdue = waitingParcels(this.view, shard).some(
      ({ from = this.seconds }) => this.seconds >= from + PARCEL_FORCE_SECONDS,
    )
    const transfers = this.transfers(shard, random)
    const parcels = isOverdue ? waiting : waiting.slice(0, random.below(3))
    const { number, rootNumber, inboxTo, inboxCount } = this.headOf(shard)
    if (transfers.length + parcels.length + inboxCount - inboxTo === 0) return
    this.make(shard, { transfers, parcels, states: random.chance(0.5) || number - rootNumber > 14 })
  }

  /** What sequencers do while the number of shards is about to change: nothing new begins. */
  drain(rounds = 3): void {
    for (let round = 0; round < rounds; round++) {
      for (let shard = 0; shard < this.k; shard++) {
        const { number, rootNumber, inboxTo, inboxCount } = this.headOf(shard)
        const parcels = this.takeable(shard)
        const isDue = parcels.length > 0 || inboxTo < inboxCount || rootNumber < number
        if (isDue) this.make(shard, { parcels })
      }
      this.next(1000 * ROLLUP_CHALLENGE_SECONDS)
    }
  }

  /** All is held, nothing is more or less; and where nothing is under way each has what is due. */
  check(): void {
    assertRollupMoney(this.system)
    assert.is(surplusWei(this.system), 0n)
    assert.is(this.wei, this.total)
    for (let shard = 0; shard < this.k; shard++) {
      if (isUnopened(this.system, shard)) continue
      assert.is(loadShard(this.system, shard).supply, this.stateOf(shard).supply)
    }
  }

  /** When nothing is under way. */
  checkBalances(): void {
    for (const [index, units] of this.expected) {
      const { table } = this.stateOf(shardOf(index, this.k))
      assert.is(table.balanceOf(slotOf(index, this.k)), units, `account ${index}`)
    }
  }

  rootOf(shard: number) {
    return this.stateOf(shard).root(hashPairsNoble)
  }
}

// A shard of three that gets credits from the other two and pays accounts there: random batches
// with everything that can cross. Who would send them is not there: a parcel is what the chain
// says.

import { type Prng, prng } from '../../../lib/prng.ts'
import { COHORT_SIZE, EXIT_INDEX } from '../../../protocol/params.ts'
import type { InboxMessage } from '../../../protocol/rollup/inbox-message.ts'
import {
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  type Operation,
} from '../../../protocol/rollup/operations.ts'
import { Outgoing } from '../../../protocol/rollup/outgoing.ts'
import type { Parcel } from '../../../protocol/rollup/parcel.ts'
import { slotIn } from '../../../protocol/rollup/shard-place.ts'
import { History, type NextBatch, type World } from './fraud-world.ts'
import type { PlainTransfer } from './plain-shard.ts'

const PLACE = { shard: 0, shards: 3 }
const [PEOPLE, LOCKS] = [40, 100]

interface HeldLock {
  readonly owner: number
  use: number
  held: { readonly payee: number; readonly amount: bigint; readonly deadline: number } | undefined
}

/** Draws batches that can be executed: nobody spends what comes in with the batch itself. */
class Draws {
  private readonly random: Prng
  private readonly history: History
  private readonly people: number[] = []
  private readonly locks = new Map<number, HeldLock>()
  private readonly sent = new Map<number, number>()

  constructor(seed: string, history: History) {
    this.random = prng(seed)
    this.history = history
  }

  private pick = <T>(list: readonly T[]) => list[this.random.below(list.length)] as T

  private has(index: number): bigint {
    const { table } = this.history.state
    const slot = slotIn(PLACE, index)
    return table.isRegistered(slot) ? table.balanceOf(slot) : 0n
  }

  /** Some index of this shard, of the first or the second of its cohorts. */
  private own(): number {
    return this.random.below(PEOPLE) + (this.random.chance(0.2) ? 3 * COHORT_SIZE : 0)
  }

  private foreign(): number {
    return (1 + this.random.below(2)) * COHORT_SIZE + this.random.below(6)
  }

  private part(index: number, of: bigint): bigint {
    return (this.has(index) * BigInt(this.random.below(1000))) / (1000n * of)
  }

  private inbox(): InboxMessage[] {
    const { random, people } = this
    const inbox: InboxMessage[] = []
    const old = [...people]
    for (let i = old.length === 0 ? 8 : random.below(3); i > 0; i--) {
      const index = this.own()
      const amount = BigInt(1000 + random.below(10_000))
      const kind = people.includes(index) ? 'deposit' : 'register'
      if (kind === 'register') people.push(index)
      inbox.push({ kind, index, amount })
    }
    for (let i = old.length === 0 ? 4 : random.below(2); i > 0; i--) {
      const index = LOCKS + random.below(20)
      if (this.locks.has(index)) continue
      const owner = this.pick(people)
      inbox.push({ kind: 'lock', index, owner, amount: 0n })
      this.locks.set(index, { owner, use: 0, held: undefined })
    }
    if (old.length > 0 && random.chance(0.6)) {
      const from = random.chance(0.2) ? this.own() : this.pick(old)
      const to = this.pick([this.foreign(), this.foreign(), this.own(), EXIT_INDEX])
      inbox.push({ kind: 'force', from, to, amount: this.part(from, 4n) })
    }
    return inbox
  }

  private parcel(shard: number): Parcel {
    const { random, people, locks } = this
    const number = (this.sent.get(shard) ?? 0) + 1 + random.below(3)
    this.sent.set(shard, number)
    const list = new Outgoing()
    for (let i = 1 + random.below(3); i > 0; i--) {
      const from = shard * COHORT_SIZE + random.below(6)
      const lock = locks.size > 0 ? this.pick([...locks.keys()]) : LOCKS
      const to = this.pick([this.pick(people), this.pick(people), this.own(), lock])
      list.add(from, to, random.below(500), random.chance(0.1) ? 1 : 0, number * 10 + i, 0)
    }
    return { shard, number, leaves: list.leaves() }
  }

  private parcels(): Parcel[] {
    const sources = [1, 1, 2, 2].filter(() => this.random.chance(0.4))
    return sources.map((shard) => this.parcel(shard))
  }

  private transfers(from: readonly number[]): PlainTransfer[] {
    const paying = from.filter((one) => this.random.chance(0.5) && this.has(one) > 100n)
    return paying.map((one) => {
      const to = this.pick([this.foreign(), this.foreign(), this.pick(from), EXIT_INDEX])
      return { from: one, to, amount: this.part(one, 2n) }
    })
  }

  private operations(owners: readonly number[]): Operation[] {
    const { random, locks } = this
    const held = [...locks].filter(([, { held: money }]) => money && random.chance(0.8))
    const list = [OPERATION_SETTLE, OPERATION_REFUND].flatMap((kind) =>
      held
        .filter((_, i) => (i % 3 === 2) === (kind === OPERATION_REFUND))
        .map(([index, lock]) => this.empty(kind, index, lock)),
    )
    const busy = new Set<number>()
    for (const [index, lock] of locks) {
      const { owner, use } = lock
      const isFree = !lock.held && !busy.has(owner) && !held.some(([one]) => one === index)
      if (!isFree || !owners.includes(owner) || this.has(owner) < 100n) continue
      busy.add(owner)
      const amount = 1n + this.part(owner, 2n)
      const [payee, deadline] = [this.foreign(), 1 + random.below(1000)]
      lock.held = { payee, amount, deadline }
      const nonce = this.history.state.table.nonceOf(slotIn(PLACE, owner))
      const parties = { party: payee, from: owner, to: index, nonce }
      list.push({ kind: OPERATION_LOCK, ...parties, amount, deadline, use })
    }
    return list
  }

  private empty(kind: Operation['kind'], index: number, lock: HeldLock): Operation {
    const { payee, amount, deadline } = lock.held as NonNullable<HeldLock['held']>
    const { owner, use } = lock
    lock.held = undefined
    lock.use++
    const common = { kind, from: index, nonce: use, deadline, use: 0 }
    return kind === OPERATION_SETTLE
      ? { ...common, party: owner, to: payee, amount: amount / 2n }
      : { ...common, party: payee, to: owner, amount }
  }

  next(states: boolean): NextBatch {
    const old = [...this.people]
    const inbox = this.inbox()
    if (old.length === 0) return { inbox, transfers: [], fee: 0, feeAccount: 0, states }
    const parcels = this.parcels()
    const fee = this.random.below(4)
    const forced = inbox.flatMap((one) => (one.kind === 'force' ? [one.from] : []))
    const transfers = this.transfers(old)
    const sending = new Set([...transfers.map(({ from }) => from), ...forced])
    const operations = this.operations(old.filter((one) => !sending.has(one)))
    const feeAccount = this.pick(old)
    return { inbox, parcels, transfers, operations, fee, feeAccount, states }
  }
}

/** The last claim states a root, as does the one before the first. `tamper` is for liars. */
export function parcelWorld(
  seed: string,
  past: number,
  count: number,
  tamper: (batch: NextBatch, number: number) => NextBatch = (batch) => batch,
): World {
  const history = new History(PLACE)
  const draws = new Draws(seed, history)
  for (let number = 1; number <= past + count; number++) {
    if (number === past + 1) history.begin()
    history.add(tamper(draws.next(number === past || number === past + count), number))
  }
  return history.world()
}

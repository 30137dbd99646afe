// Random batches for one shard: messages, transfers of the body, fees; executed by the engine, and
// as plainly as possible.

import type { Prng } from '../../../lib/prng.ts'
import { EXIT_INDEX } from '../../../protocol/params.ts'
import type { BatchToExecute } from '../../../protocol/rollup/execute-batch.ts'
import type { InboxMessage } from '../../../protocol/rollup/inbox-message.ts'
import {
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  type Operation,
} from '../../../protocol/rollup/operations.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { operationParts } from './operation-parts.ts'
import type { PlainShard, PlainTransfer } from './plain-shard.ts'

export interface RandomBatch {
  readonly inbox: readonly InboxMessage[]
  readonly transfers: readonly PlainTransfer[]
  /** Settles, refunds, locks. */
  readonly operations?: readonly Operation[]
  readonly fee: number
  readonly feeAccount: number
}

/** Amounts of every size, with a liking for edges. */
export function randomAmount(random: Prng, most: bigint): bigint {
  if (most <= 0n) return 0n
  const edges = [0n, 1n, most, most - 1n, 0xffff_ffffn, 0x1_0000_0000n, 2n ** 53n, 2n ** 53n + 1n]
  if (random.chance(0.3)) {
    const edge = edges[random.below(edges.length)] as bigint
    return edge <= most ? edge : most
  }
  const part = BigInt(1 + random.below(2 ** 32))
  return (most * part) / 2n ** BigInt(32 + random.below(8))
}

function randomInbox(random: Prng, plain: PlainShard): InboxMessage[] {
  const inbox: InboxMessage[] = []
  const known = [...plain.accounts.keys()]
  const taken = new Set(plain.locks.keys())
  const count = known.length < 4 ? 6 : random.below(4)
  for (let i = 0; i < count; i++) {
    const room = 2n ** 64n - 1n - plain.supply - inbox.reduce((sum, m) => sum + m.amount, 0n)
    const amount = randomAmount(random, room / 4n)
    const pick = () => known[random.below(known.length)] as number
    const what = random.unit()
    if (known.length > 2 && what < 0.25) {
      // The first slot of a shard is never a lock.
      const index = 1 + random.below(random.chance(0.1) ? 9000 : 300)
      if (known.includes(index) || taken.has(index)) continue
      taken.add(index)
      inbox.push({ kind: 'lock', index, owner: pick(), amount: 0n })
      continue
    }
    if (known.length < 4 || what < 0.3) {
      const index = random.chance(0.1) ? 4096 + random.below(8000) : random.below(200)
      if (known.includes(index) || taken.has(index)) continue
      known.push(index)
      inbox.push({ kind: 'register', index, amount })
    } else if (what < 0.5) inbox.push({ kind: 'deposit', index: pick(), amount })
    else {
      const to = random.chance(0.3) ? EXIT_INDEX : random.chance(0.2) ? random.below(300) : pick()
      const from = random.chance(0.2) ? random.below(300) : pick()
      // The base chain refuses messages that name a lock.
      if (taken.has(to) || taken.has(from)) continue
      const has = plain.accounts.get(from)?.balance ?? 10n
      inbox.push({ kind: 'force', from, to, amount: randomAmount(random, has) })
    }
  }
  return inbox
}

/** One that can be executed on `plain`, which is left as it is. */
export function randomBatch(random: Prng, plain: PlainShard): RandomBatch {
  const after = plain.copy()
  const inbox = randomInbox(random, plain)
  for (const message of inbox) after.message(message)
  const known = [...after.accounts.keys()].sort((a, b) => a - b)
  const fee = random.chance(0.3) ? 0 : random.below(random.chance(0.1) ? 2 ** 32 : 5)
  const transfers: PlainTransfer[] = []
  for (const from of known) {
    if (random.chance(0.4)) continue
    const has = (after.accounts.get(from)?.balance ?? 0n) - BigInt(fee)
    if (has < 0n) continue
    const to = random.chance(0.1) ? EXIT_INDEX : (known[random.below(known.length)] as number)
    const transfer = { from, to, amount: randomAmount(random, has) }
    if (after.transfer(transfer, fee) !== '') throw new Error('a transfer that should be payable')
    transfers.push(transfer)
  }
  const operations = randomOperations(random, after, fee)
  const feeAccount = known[random.below(known.length)] as number
  return { inbox, transfers, operations, fee, feeAccount }
}

/** What the locks allow after the transfers; done on `after`. */
function randomOperations(random: Prng, after: PlainShard, fee: number): Operation[] {
  const list: Operation[] = []
  const give = (operation: Operation) => {
    list.push(operation)
    operate(after, operation, fee)
  }
  const held = () => [...after.locks].filter(([, { held: money }]) => money)
  for (const [index, { owner, use, held: money }] of held()) {
    if (!money || random.chance(0.3) || !after.accounts.has(money.payee)) continue
    const { payee, deadline } = money
    const amount = randomAmount(random, money.amount)
    const parties = { party: owner, from: index, to: payee, nonce: use }
    give({ kind: OPERATION_SETTLE, ...parties, amount, deadline, use: 0 })
  }
  for (const [index, { owner, use, held: money }] of held()) {
    if (!money || random.chance(0.7)) continue
    const { payee, deadline, amount } = money
    const parties = { party: payee, from: index, to: owner, nonce: use }
    give({ kind: OPERATION_REFUND, ...parties, amount, deadline, use: 0 })
  }
  for (const [index, { owner, use, held: money }] of after.locks) {
    const account = after.accounts.get(owner)
    if (money || !account || random.chance(0.2)) continue
    const amount = randomAmount(random, account.balance - BigInt(fee))
    if (amount === 0n) continue
    const known = [...after.accounts.keys()]
    const party = random.chance(0.9)
      ? (known[random.below(known.length)] as number)
      : random.below(2 ** 24)
    const parties = { party, from: owner, to: index, nonce: account.nonce }
    const deadline = 1 + random.below(2 ** 32 - 1)
    give({ kind: OPERATION_LOCK, ...parties, amount, deadline, use })
  }
  return list
}

function operate(plain: PlainShard, operation: Operation, fee: number): void {
  const { kind, party: payee, from, to, amount, deadline } = operation
  if (kind === OPERATION_SETTLE) plain.settle(from, amount)
  else if (kind === OPERATION_REFUND) plain.giveBack(from)
  else plain.lock(to, { payee, amount, deadline }, fee)
}

export function runPlain(plain: PlainShard, batch: RandomBatch): string {
  plain.exits = []
  for (const message of batch.inbox) plain.message(message)
  for (const transfer of batch.transfers) {
    const code = plain.transfer(transfer, batch.fee)
    if (code !== '') return code
  }
  const operations = batch.operations ?? []
  for (const operation of operations) operate(plain, operation, batch.fee)
  const locks = operations.filter(({ kind }) => kind === OPERATION_LOCK).length
  const fees = BigInt(batch.fee) * BigInt(batch.transfers.length + locks)
  if (fees > 0n) plain.credit(batch.feeAccount, fees)
  return ''
}

/** As the engine takes it, all transfers in a sparse section. */
export function toExecute(state: ShardState, batch: RandomBatch): BatchToExecute {
  const { transfers, inbox, fee, feeAccount } = batch
  const column = (of: (one: PlainTransfer) => number) => Uint32Array.from(transfers, of)
  const count = transfers.length
  const section = {
    kind: 'sparse' as const,
    from: column((one) => one.from),
    to: column((one) => one.to),
    amountLo: column((one) => Number(one.amount & 0xffff_ffffn)),
    amountHi: column((one) => Number(one.amount >> 32n)),
    count,
    first: 0,
  }
  const operations = operationParts(batch.operations ?? [])
  const sections = count > 0 ? [section] : []
  const body = { shard: state.shard, transfers: count, sections, operations }
  return { fee, feeAccount, firstEntry: state.entries + 1, inbox, parcels: [], body }
}

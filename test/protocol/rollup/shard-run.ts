// Random batches for one shard: messages, transfers of the body, fees; executed by the engine, and
// as plainly as possible.

import type { Prng } from '../../../lib/prng.ts'
import { EXIT_INDEX } from '../../../protocol/params.ts'
import type { BatchToExecute } from '../../../protocol/rollup/execute-batch.ts'
import type { InboxMessage } from '../../../protocol/rollup/inbox-message.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import type { PlainShard, PlainTransfer } from './plain-shard.ts'

export interface RandomBatch {
  readonly inbox: readonly InboxMessage[]
  readonly transfers: readonly PlainTransfer[]
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
  const count = known.length < 4 ? 6 : random.below(4)
  for (let i = 0; i < count; i++) {
    const room = 2n ** 64n - 1n - plain.supply - inbox.reduce((sum, m) => sum + m.amount, 0n)
    const amount = randomAmount(random, room / 4n)
    const pick = () => known[random.below(known.length)] as number
    const what = random.unit()
    if (known.length < 4 || what < 0.3) {
      const index = random.chance(0.1) ? 4096 + random.below(8000) : random.below(200)
      if (known.includes(index)) continue
      known.push(index)
      inbox.push({ kind: 'register', index, amount })
    } else if (what < 0.5) inbox.push({ kind: 'deposit', index: pick(), amount })
    else {
      const to = random.chance(0.3) ? EXIT_INDEX : random.chance(0.2) ? random.below(300) : pick()
      const from = random.chance(0.2) ? random.below(300) : pick()
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
  const feeAccount = known[random.below(known.length)] as number
  return { inbox, transfers, fee, feeAccount }
}

export function runPlain(plain: PlainShard, batch: RandomBatch): string {
  plain.exits = []
  for (const message of batch.inbox) plain.message(message)
  for (const transfer of batch.transfers) {
    const code = plain.transfer(transfer, batch.fee)
    if (code !== '') return code
  }
  const fees = BigInt(batch.fee) * BigInt(batch.transfers.length)
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
  const body = { shard: state.shard, transfers: count, sections: count > 0 ? [section] : [] }
  return { fee, feeAccount, firstEntry: state.entries + 1, inbox, parcels: [], body }
}

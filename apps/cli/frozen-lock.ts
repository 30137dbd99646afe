// A lock of a frozen shard: what it holds at the root where the shard stands, and the call of the
// rollup module by which its payee takes his price out of it (decision 0205).

import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { RollupBilling } from '../../protocol/receipt/receipt-v2.ts'
import { isHeld, lockAt, payeeOf } from '../../protocol/rollup/lock-record.ts'
import { encodeSettleFrozen } from '../../protocol/rollup/rollup-calls.ts'
import { u64At } from '../../protocol/rollup/trace.ts'
import * as rpc from '../../sdk/light/light-rpc.ts'
import { CliError } from './cli-error.ts'
import type { JobReceipt } from './rollup-job-receipt.ts'
import { unitsText } from './screen/units.ts'
import { shardStands } from './shard-stands.ts'

export interface FrozenLock {
  readonly lock: number
  /** Units. */
  readonly amount: bigint
  /** Height of the base chain until which the payee is paid. */
  readonly deadline: number
  readonly record: Hex
  readonly proof: Uint8Array
}

const refused = (what: string, why: string, hint: string) =>
  new CliError('REFUSED', what, why, hint)

async function checkFrozen(ask: rpc.Ask, lock: number): Promise<void> {
  const { shard, isFrozen } = await shardStands(ask, lock)
  if (isFrozen) return
  const why = `shard ${shard} of lock ${lock} executes batches`
  throw refused('the shard is not frozen', why, 'use ./aitbc rollup settle')
}

/** Rejects with CliError where it does not hold money for this use and this account. */
export async function frozenLock(
  ask: rpc.Ask,
  { lock, use, payee }: RollupBilling,
): Promise<FrozenLock> {
  await checkFrozen(ask, lock)
  const result = await ask('rollup_getAccountProof', [rpc.quantity(lock)])
  if (result === null)
    throw refused(`there is no lock ${lock}`, 'no shard has it', 'check the receipt')
  const found = rpc.fieldsOf(result)
  const record = rpc.bytesOf(found.record, 'record')
  const words = new Uint32Array(Uint8Array.from(record).buffer)
  const held = lockAt({ words }, 0)
  if (!isHeld(held.flags) || held.use !== use) {
    const why = 'what was locked or paid after the root where the shard stands was never made'
    throw refused(`lock ${lock} holds nothing for use ${use}`, why, 'its owner has the money')
  }
  if (payeeOf(held.flags) !== payee) {
    const why = `it is for account ${payeeOf(held.flags)}, not for ${payee}`
    throw refused(`lock ${lock} is for somebody else`, why, 'check the receipt')
  }
  const proof = concatBytes(...rpc.listOf(found.proof, 'proof', 32))
  const facts = { amount: u64At(words, 0), deadline: held.deadline }
  return { lock, ...facts, record: bytesToHex(record), proof }
}

/** Throws CliError where the lock holds too little, or `height` is behind its deadline. */
export function frozenSettle(held: FrozenLock, job: JobReceipt, height: number): Uint8Array {
  const { lock, amount, deadline, record, proof } = held
  const { price, hash } = job
  if (price > amount) {
    const why = `it holds ${unitsText(amount)} AITBC, the price is ${unitsText(price)}`
    throw refused(`lock ${lock} holds too little`, why, 'check the receipt')
  }
  if (height <= deadline) return encodeSettleFrozen(lock, { amount: price, hash }, record, proof)
  const why = `it passed with block ${deadline}, and the chain is at ${height}`
  throw refused(`the deadline of lock ${lock} has passed`, why, 'the money is its owner’s now')
}

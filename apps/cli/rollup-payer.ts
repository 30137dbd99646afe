// What an account of the rollup needs to pay anybody: nobody else who signs for it at this moment,
// its next nonce, and enough money.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from '../../lib/hex.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import { quantity } from '../../sdk/light/light-rpc.ts'
import { CliError } from './cli-error.ts'
import { type RollupDesk, rollupState } from './rollup-desk.ts'
import { unitsText } from './screen/units.ts'

export interface HeldAccount {
  /** Of what its keys have signed. */
  readonly folder: string
  release(): void
}

/** One command at a time signs for an account; rejects with CliError KEYS_IN_USE. */
export async function holdAccount(
  { secrets }: RollupDesk,
  index: number,
  genesisHash: Hex,
): Promise<HeldAccount> {
  const { FolderInUse, lockFolder } = await import('../../storage/lmdb/folder-lock.ts')
  const folder = join(secrets.signedFolder, `${genesisHash.slice(2, 18)}-${index}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    return { folder, release: lockFolder(folder) }
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    const hint = 'wait until it has ended'
    throw new CliError('KEYS_IN_USE', 'another command signs for it', error.message, hint)
  }
}

interface Head {
  readonly shards: Hex
  readonly fee: Hex
  readonly batch: Hex
  readonly frozen: boolean
}

/** Of the account's shard. */
async function headOf(desk: RollupDesk, index: number): Promise<Head> {
  const first = await desk.ask<Head>('rollup_getHead', '0x0')
  const shard = shardOf(index, Number(first.shards))
  return shard === 0 ? first : desk.ask<Head>('rollup_getHead', quantity(shard))
}

export interface PayingState {
  readonly nonce: number
  /** Units. */
  readonly fee: number
  /** The last final batch. */
  readonly batch: number
  /** Of the base chain. */
  readonly height: number
}

/** Rejects with CliError where the account cannot pay so many units and the fee. */
export async function payingState(
  desk: RollupDesk,
  index: number,
  amount: bigint,
): Promise<PayingState> {
  const state = await rollupState(desk.rpc, index)
  if (!state) {
    const hint = 'wait a moment: its registration is not executed yet'
    throw new CliError('UNKNOWN', `account ${index} is not usable`, 'no shard has it', hint)
  }
  const [{ fee, batch, frozen }, height] = await Promise.all([
    headOf(desk, index),
    desk.ask<Hex>('eth_blockNumber').then(Number),
  ])
  if (frozen) {
    const why = `the shard of account ${index} is frozen`
    const hint = 'its money leaves by the rollup module alone'
    throw new CliError('REFUSED', 'nothing is executed there any more', why, hint)
  }
  if (state.balance < amount + BigInt(fee)) {
    const [has, costs] = [state.balance, BigInt(fee)].map(unitsText)
    const why = `account ${index} has ${has} AITBC, and the fee is ${costs}`
    const hint = 'pay into it with ./aitbc rollup deposit'
    throw new CliError('REFUSED', 'the account has too little', why, hint)
  }
  return { nonce: state.nonce, fee: Number(fee), batch: Number(batch), height }
}

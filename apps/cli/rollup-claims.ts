// Gets the money of executed exits out of the rollup module, to the owner of the account.

import type { Hex } from '../../lib/hex.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import { EXITS_OF, IS_EXIT_PAID } from '../../protocol/rollup/rollup-abi.ts'
import {
  encodeClaimExit,
  encodeExitsOf,
  encodeIsExitPaid,
} from '../../protocol/rollup/rollup-calls.ts'
import { quantity } from '../../sdk/light/light-rpc.ts'
import type { Sent } from './chain-client.ts'
import { CliError } from './cli-error.ts'
import { type RollupDesk, type RollupExit, rollupExits } from './rollup-desk.ts'
import { ROLLUP_WAIT_MS } from './rollup-options.ts'
import { waitFor } from './wait-for.ts'

async function isPaid({ view }: RollupDesk, exit: RollupExit): Promise<boolean> {
  const { shard, batch, position } = exit
  const output = await view(encodeIsExitPaid(shard, batch, position))
  return decodeArguments(IS_EXIT_PAID.outputs, output)[0]
}

/** The exits of an account that nobody has fetched, the oldest first. */
export async function unpaidExits(desk: RollupDesk, index: number): Promise<RollupExit[]> {
  const unpaid: RollupExit[] = []
  for (const exit of await rollupExits(desk.rpc, index)) {
    if (!(await isPaid(desk, exit))) unpaid.unshift(exit)
  }
  return unpaid
}

/** Why there is nothing to fetch: the node knows all exits, or may lack some. */
export async function nothingToFetch(desk: RollupDesk, index: number): Promise<CliError> {
  type Head = { readonly shards: Hex; readonly missed: Record<'from' | 'to', Hex> | null }
  const { shards } = await desk.ask<Head>('rollup_getHead')
  const shard = shardOf(index, Number(shards))
  const { missed } = await desk.ask<Head>('rollup_getHead', quantity(shard))
  const what = 'there is nothing to fetch'
  if (!missed) {
    const why = 'all exits of the account that the node knows are paid'
    return new CliError('REFUSED', what, why, 'give an amount to take more out')
  }
  const [from, to] = [Number(missed.from), Number(missed.to)]
  const why =
    `the node knows no exit that is not paid, and it has not executed batches ${from} to ${to} of ` +
    `shard ${shard}: it took up a later state, and its peers list none`
  const hint = 'where one is missing, ask a node that has been there from the start, with --rpc'
  return new CliError('REFUSED', what, why, hint)
}

/** Until the node lists an exit that is final: a gateway hears of the block before its shard does. */
export async function exitListed(desk: RollupDesk, index: number, batch: number): Promise<void> {
  const isListed = async () =>
    (await rollupExits(desk.rpc, index)).some((exit) => exit.batch === batch) || undefined
  await waitFor(isListed, {
    limitMs: ROLLUP_WAIT_MS,
    message: `the node does not list the exit of batch ${batch}`,
    hint: './aitbc rollup exit, without an amount, fetches it later',
  })
}

type Proof = Readonly<Record<'from' | 'amount' | 'entry' | 'total' | 'proof', Hex>>

/** Waits for the settled root, then has it paid. Rejects with CliError. */
export async function payExit(desk: RollupDesk, exit: RollupExit): Promise<Sent> {
  const { shard, batch: number, position } = exit
  const isSettled = async () => {
    const output = await desk.view(encodeExitsOf(shard, number))
    return decodeArguments(EXITS_OF.outputs, output)[2] || undefined
  }
  await waitFor(isSettled, {
    limitMs: ROLLUP_WAIT_MS,
    message: `the root over batch ${number} has not settled`,
    hint: './aitbc rollup exit, without an amount, fetches it later',
  })
  const place = [shard, number, position].map(quantity)
  const shown = await desk.ask<Proof | null>('rollup_getExitProof', ...place)
  if (!shown) {
    const why = `it knows no exit at position ${position} of batch ${number}`
    throw new CliError('UNKNOWN', 'the node cannot prove the exit', why, 'ask another with --rpc')
  }
  const { from, amount, entry, total, proof } = shown
  const leaf = { from: Number(from), amount: BigInt(amount), entry: Number(entry) }
  const path = { total: BigInt(total), proof: hexToBytes(proof) }
  return desk.send(encodeClaimExit({ shard, number, position, ...leaf, ...path }))
}

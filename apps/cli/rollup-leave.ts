// Out of the rollup without a sequencer: by a message of the base chain, which the next batches
// must consume; and where they do not, out of the frozen shard, by the account's record in its last
// root.

import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { EXIT_INDEX, FREEZE_AFTER_BLOCKS } from '../../protocol/params.ts'
import {
  encodeExitFrozen,
  encodeForceTransfer,
  encodeFreeze,
} from '../../protocol/rollup/rollup-calls.ts'
import { u64At } from '../../protocol/rollup/trace.ts'
import * as rpc from '../../sdk/light/light-rpc.ts'
import type { Sent } from './chain-client.ts'
import { CliError } from './cli-error.ts'
import { type RollupDesk, type RollupExit, rollupExits, rollupState } from './rollup-desk.ts'
import { rpcAsk } from './rollup-locks.ts'
import { ROLLUP_WAIT_MS } from './rollup-options.ts'
import { unitsText } from './screen/units.ts'
import { shardStands } from './shard-stands.ts'
import { waitFor } from './wait-for.ts'

const placeOf = ({ batch, position }: RollupExit) => `${batch} ${position}`

/** Sends the message and waits for the exit that a batch makes of it. Rejects with CliError. */
export async function forceExit(
  desk: RollupDesk,
  index: number,
  amount: bigint,
): Promise<{ readonly message: Sent; readonly exit: RollupExit }> {
  const { balance } = (await rollupState(desk.rpc, index)) ?? { balance: 0n }
  if (balance < amount) {
    const why = `it has ${unitsText(balance)} AITBC; a message that cannot be paid does nothing`
    throw new CliError('REFUSED', `account ${index} has too little`, why, 'give a smaller amount')
  }
  const before = new Set((await rollupExits(desk.rpc, index)).map(placeOf))
  const message = await desk.send(encodeForceTransfer(index, EXIT_INDEX, amount))
  const listed = async () => {
    const exits = await rollupExits(desk.rpc, index)
    return exits.find((one) => one.amount === amount && !before.has(placeOf(one)))
  }
  const exit = await waitFor(listed, {
    limitMs: ROLLUP_WAIT_MS,
    message: `no batch has consumed the message of block ${message.block}`,
    hint:
      `./aitbc rollup exit fetches it later; ${FREEZE_AFTER_BLOCKS} blocks after the message ` +
      './aitbc rollup exit --forced, without an amount, freezes the shard and takes all out',
  })
  return { message, exit }
}

/** Freezes a shard that has let a message wait too long, and waits until the node has seen it. */
export async function freezeShard(desk: RollupDesk, index: number): Promise<Sent> {
  const ask = rpcAsk(desk.rpc)
  const { shard } = await shardStands(ask, index)
  const sent = await desk.send(encodeFreeze(shard))
  await waitFor(async () => (await shardStands(ask, index)).isFrozen || undefined, {
    limitMs: ROLLUP_WAIT_MS,
    message: `the node does not say that shard ${shard} is frozen`,
    hint: './aitbc rollup exit, without an amount, takes all out of a frozen shard',
  })
  return sent
}

/** What a frozen shard pays, and the call for it; undefined where the account has nothing there. */
export async function frozenAccount(
  ask: rpc.Ask,
  index: number,
): Promise<{ readonly amount: bigint; readonly call: Uint8Array } | undefined> {
  const result = await ask('rollup_getAccountProof', [rpc.quantity(index)])
  if (result === null) return undefined
  const found = rpc.fieldsOf(result)
  const record = rpc.bytesOf(found.record, 'record')
  const amount = u64At(new Uint32Array(Uint8Array.from(record).buffer), 0)
  if (amount === 0n) return undefined
  const proof = concatBytes(...rpc.listOf(found.proof, 'proof', 32))
  return { amount, call: encodeExitFrozen(index, bytesToHex(record), proof) }
}

// The options of all commands of a validator, and what they say after a transaction.

import type { Command } from 'commander'
import { bytesToHex } from '../../lib/hex.ts'
import { STAKING_ADDRESS } from '../../protocol/params.ts'
import type { Sent } from './chain-client.ts'
import { keysCommand, withPassword } from './keys-place.ts'
import { formatMs } from './screen/duration.ts'
import type { ValidatorDesk } from './validator-desk.ts'

export function validatorCommand(name: string, description: string): Command {
  return withPassword(keysCommand(name, description))
    .option('--rpc <url>', "a node's JSON-RPC (default: of the cluster of the data folder)")
    .option('--dev-validator <n>', 'instead of keys: the development validator of this place')
}

/** A call of the staking module, from the operator's account. */
export function stakingCall(desk: ValidatorDesk, data: Uint8Array, value = 0n): Promise<Sent> {
  return desk.chain.send({ to: STAKING_ADDRESS, data: bytesToHex(data), value })
}

export function sentText({ hash, block, ms }: Sent): string {
  return `tx ${hash}  block ${block} final in ${formatMs(ms)}`
}

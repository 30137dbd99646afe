// What the chain says of the rollup's shards, and of the change of their number that is to come.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeArguments } from '../../protocol/abi/codec.ts'
import { PARAMETER } from '../../protocol/governance/governance-abi.ts'
import { encodeParameter } from '../../protocol/governance/governance-calls.ts'
import { GOVERNANCE_ADDRESS, ROLLUP_ADDRESS } from '../../protocol/params.ts'
import { SHARD_COUNT } from '../../protocol/rollup/rollup-abi.ts'
import {
  decodeShardChange,
  decodeShardOf,
  encodeShardChange,
  encodeShardCount,
  encodeShardOf,
} from '../../protocol/rollup/rollup-calls.ts'
import { rpcRequest } from './rpc-request.ts'

export interface PlannedChange {
  readonly shards: number
  /** Its first block has so many. */
  readonly epoch: number
  readonly put_off: number
  /** Why the last time, and which shard was in the way; null while it was not put off. */
  readonly why: string | null
  readonly shard: number | null
}

export interface RollupStatus {
  readonly shards: number
  readonly epoch: number
  /** What governance asked for last; null where it never did. */
  readonly wanted: number | null
  readonly change: PlannedChange | null
  readonly list: readonly {
    readonly shard: number
    readonly batch: number
    readonly root_batch: number
    /** Units. */
    readonly supply: bigint
    readonly frozen: boolean
  }[]
}

function planned(output: Uint8Array): PlannedChange | null {
  const { shards, epoch, putOff, why, shard } = decodeShardChange(output)
  if (shards === 0) return null
  const isPutOff = putOff > 0
  const last = { why: isPutOff ? why : null, shard: isPutOff ? shard : null }
  return { shards, epoch, put_off: putOff, ...last }
}

/** Rejects with CliError. */
export async function readRollupStatus(rpc: string): Promise<RollupStatus> {
  const call = async (to: Hex, data: Uint8Array) => {
    const params = [{ to, data: bytesToHex(data) }, 'latest']
    return hexToBytes(await rpcRequest<Hex>(rpc, 'eth_call', params))
  }
  const view = (data: Uint8Array) => call(ROLLUP_ADDRESS, data)
  const [{ epoch }, count, change, parameter] = await Promise.all([
    rpcRequest<{ epoch: number }>(rpc, 'aitbc_status', []),
    view(encodeShardCount()),
    view(encodeShardChange()),
    call(GOVERNANCE_ADDRESS, encodeParameter('rollup_shards')),
  ])
  const shards = Number(decodeArguments(SHARD_COUNT.outputs, count)[0])
  const wanted = Number(decodeArguments(PARAMETER.outputs, parameter)[0])
  const list = Array.from({ length: shards }, async (_, shard) => {
    const { number, rootNumber, supply, frozen } = decodeShardOf(await view(encodeShardOf(shard)))
    return { shard, batch: number, root_batch: rootNumber, supply, frozen }
  })
  return {
    shards,
    epoch,
    wanted: wanted === 0 ? null : wanted,
    change: planned(change),
    list: await Promise.all(list),
  }
}

// Where the shard of an account or a lock stands, as a node says.

import { shardOf } from '../../protocol/rollup/layout.ts'
import * as rpc from '../../sdk/light/light-rpc.ts'

export interface ShardStands {
  readonly shard: number
  /** Nothing is executed there any more: its money can only leave. */
  readonly isFrozen: boolean
}

export async function shardStands(ask: rpc.Ask, index: number): Promise<ShardStands> {
  const head = async (shard: number) =>
    rpc.fieldsOf(await ask('rollup_getHead', [rpc.quantity(shard)]))
  const first = await head(0)
  const shard = shardOf(index, rpc.numberOf(first.shards, 'shards'))
  const { frozen } = shard === 0 ? first : await head(shard)
  return { shard, isFrozen: frozen === true }
}

// Parameters of the rollup's methods.

import { ROLLUP_ACCOUNTS_MAX } from '../../../protocol/params.ts'
import { RpcError } from '../errors.ts'
import { count, type Param, withDefault } from '../params.ts'

export const accountParam: Param<number> = {
  expects: `the index of a rollup account (a quantity below ${ROLLUP_ACCOUNTS_MAX})`,
  read: (value) => {
    const index = count.read(value)
    return index !== undefined && index < ROLLUP_ACCOUNTS_MAX ? index : undefined
  },
}

export const shardParam = withDefault(count, 0)

/** Throws RpcError INVALID_PARAMS. */
export function checkShard(shard: number, shards: number): void {
  if (shard < shards) return
  throw new RpcError('INVALID_PARAMS', `there is no shard ${shard}: there are ${shards}`)
}

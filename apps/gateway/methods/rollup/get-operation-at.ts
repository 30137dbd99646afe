// rollup_getOperationAt: an operation of a final batch by its place there.

import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { checkShard, shardParam } from '../../rollup/rollup-params.ts'
import { shownOperation } from '../../rollup/shown-operation.ts'

export const getOperationAt = method(
  'rollup_getOperationAt',
  [count, count, shardParam],
  async ({ rollup }, number, position, shard) => {
    checkShard(shard, rollup.shards)
    return shownOperation(await rollup.operationAt(shard, number, position))
  },
)

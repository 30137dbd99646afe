// rollup_getBody: the body of a final batch. Large: over the socket at /rollup it is half as long.

import { bytesToHex } from '../../../../lib/hex.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { finalClaim } from '../../rollup/final-claim.ts'
import { checkShard, shardParam } from '../../rollup/rollup-params.ts'

export const getBody = method(
  'rollup_getBody',
  [count, shardParam],
  async ({ rollup }, number, shard) => {
    checkShard(shard, rollup.shards)
    const found = await finalClaim(rollup, shard, number)
    return found ? bytesToHex(found.body) : null
  },
)

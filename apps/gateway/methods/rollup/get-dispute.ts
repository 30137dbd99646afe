// rollup_getDispute: a final claim that the node has found false, and the challenge that proves it.

import { bytesToHex } from '../../../../lib/hex.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { checkShard, shardParam } from '../../rollup/rollup-params.ts'

export const getDispute = method('rollup_getDispute', [shardParam], async ({ rollup }, shard) => {
  checkShard(shard, rollup.shards)
  const found = await rollup.dispute(shard)
  if (!found) return null
  const { number, hash, sequencer, code, detail, state, kind, challenge } = found
  return {
    shard: quantity(shard),
    batch: quantity(number),
    claim: hash,
    sequencer,
    code,
    detail,
    state,
    kind: kind === '' ? null : kind,
    challenge: challenge.length === 0 ? null : bytesToHex(challenge),
  }
})

// rollup_getExitProof: what claimExit on the base chain has to be shown for one exit.

import { bytesToHex } from '../../../../lib/hex.ts'
import { SHARDS_MAX } from '../../../../protocol/params.ts'
import { RpcError } from '../../errors.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { quantity } from '../../quantity.ts'
import type { ShardHead } from '../../rollup/rollup-access.ts'
import { checkShard } from '../../rollup/rollup-params.ts'

/** Null where there is no such exit. Throws RpcError PRUNED where the node cannot know. */
function missing({ shard, missedFrom, missedTo }: ShardHead, number: number): null {
  if (number < missedFrom || number > missedTo) return null
  const which = `exits of batches ${missedFrom} to ${missedTo} of shard ${shard}`
  const why = 'the node took up a later state, and no peer gave them now'
  const who = 'ask a node whose rollup_getHead has another `missed`, or try again'
  throw new RpcError('PRUNED', `${which} are not here: ${why}; ${who}`)
}

export const getExitProof = method(
  'rollup_getExitProof',
  [count, count, count],
  async ({ rollup }, shard, number, position) => {
    checkShard(shard, SHARDS_MAX)
    const found = await rollup.exitProof(shard, number, position)
    if (!found) {
      checkShard(shard, rollup.shards)
      return missing(await rollup.head(shard), number)
    }
    const { from, amount, entry, total, exits, exitRoot, proof } = found
    return {
      shard: quantity(shard),
      batch: quantity(number),
      position: quantity(position),
      from: quantity(from),
      amount: quantity(amount),
      entry: quantity(entry),
      total: quantity(total),
      exits: quantity(exits),
      exitRoot,
      proof: bytesToHex(proof),
    }
  },
)

// rollup_getExitProof: what claimExit on the base chain has to be shown for one exit.

import { bytesToHex } from '../../../../lib/hex.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { quantity } from '../../quantity.ts'
import { checkShard } from '../../rollup/rollup-params.ts'

export const getExitProof = method(
  'rollup_getExitProof',
  [count, count, count],
  async ({ rollup }, shard, number, position) => {
    checkShard(shard, rollup.shards)
    const found = await rollup.exitProof(shard, number, position)
    if (!found) return null
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

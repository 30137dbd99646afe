// rollup_getExits: the last exits of an account, the latest first, as far back as is searched.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { accountParam } from '../../rollup/rollup-params.ts'

export const getExits = method('rollup_getExits', [accountParam], async ({ rollup }, index) => {
  const exits = await rollup.exitsOf(index)
  return exits.map(({ shard, number, position, amount, entry }) => ({
    shard: quantity(shard),
    batch: quantity(number),
    position: quantity(position),
    amount: quantity(amount),
    entry: quantity(entry),
  }))
})

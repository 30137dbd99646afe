// rollup_getExits: the last exits of an account, the latest first, as far back as is searched.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { accountParam } from '../../rollup/rollup-params.ts'

export const getExits = method('rollup_getExits', [accountParam], async ({ rollup }, index) => {
  const { shard, exits } = await rollup.exitsOf(index)
  return exits.map(({ number, position, amount, entry }) => ({
    shard: quantity(shard),
    batch: quantity(number),
    position: quantity(position),
    amount: quantity(amount),
    entry: quantity(entry),
  }))
})

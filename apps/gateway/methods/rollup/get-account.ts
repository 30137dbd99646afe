// rollup_getAccount: an account of the rollup as the last executed batch left it.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { accountParam } from '../../rollup/rollup-params.ts'

export const getAccount = method('rollup_getAccount', [accountParam], async ({ rollup }, index) => {
  const found = await rollup.account(index)
  if (!found) return null
  return {
    index: quantity(found.index),
    owner: found.owner,
    blsKey: found.blsKey ?? null,
    spendKey: found.spendKey ?? null,
    balance: quantity(found.balance),
    nonce: quantity(found.nonce),
    touch: quantity(found.touch),
    batch: quantity(found.number),
  }
})

// rollup_getLock: a lock of the rollup as the last executed batch left it.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { accountParam } from '../../rollup/rollup-params.ts'

export const getLock = method('rollup_getLock', [accountParam], async ({ rollup }, index) => {
  const found = await rollup.lock(index)
  if (!found) return null
  const { owner, use, held, payee, amount, deadline, number } = found
  return {
    index: quantity(index),
    owner: quantity(owner),
    use: quantity(use),
    // A free lock has neither.
    payee: held ? quantity(payee) : null,
    deadline: held ? quantity(deadline) : null,
    amount: quantity(amount),
    batch: quantity(number),
  }
})

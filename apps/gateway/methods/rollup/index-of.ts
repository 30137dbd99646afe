// rollup_indexOf: the rollup account of an address of the base chain.

import { method } from '../../method.ts'
import { address } from '../../params.ts'
import { quantity } from '../../quantity.ts'

export const indexOf = method('rollup_indexOf', [address], async ({ rollup }, owner) => {
  const index = await rollup.indexOf(owner)
  return index === undefined ? null : quantity(index)
})

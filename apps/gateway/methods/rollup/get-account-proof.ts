// rollup_getAccountProof: an account's record, and its path under a state root of its shard.

import { bytesToHex } from '../../../../lib/hex.ts'
import { method } from '../../method.ts'
import { flag, withDefault } from '../../params.ts'
import { quantity } from '../../quantity.ts'
import { accountParam } from '../../rollup/rollup-params.ts'

export const getAccountProof = method(
  'rollup_getAccountProof',
  [accountParam, withDefault(flag, false)],
  async ({ rollup }, index, settled) => {
    const found = await rollup.accountProof(index, settled)
    if (!found) return null
    const { number, claim, stateRoot, treeRoot, meta, record, proof } = found
    return {
      batch: quantity(number),
      claim,
      stateRoot,
      treeRoot,
      meta: bytesToHex(meta),
      record: bytesToHex(record),
      proof,
    }
  },
)

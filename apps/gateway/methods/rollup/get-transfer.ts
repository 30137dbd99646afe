// rollup_getTransfer: where the transfer of a sender and nonce went, with the proof that its batch
// contains it; of recent batches only.

import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { quantity } from '../../quantity.ts'
import { accountParam } from '../../rollup/rollup-params.ts'

export const getTransfer = method(
  'rollup_getTransfer',
  [accountParam, count],
  async ({ rollup }, from, nonce) => {
    const found = await rollup.findTransfer(from, nonce)
    if (!found) return null
    return {
      from: quantity(from),
      nonce: quantity(nonce),
      to: quantity(found.to),
      amount: quantity(found.amount),
      batch: quantity(found.number),
      claim: found.claim,
      position: quantity(found.position),
      txRoot: found.txRoot,
      proof: found.proof,
      blockNumber: quantity(found.height),
      blockHash: found.blockHash,
    }
  },
)

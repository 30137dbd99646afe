// eth_sendRawTransaction: hands a signed transaction in; the result is its hash. Those of a batch
// go to the node together.

import { TRANSACTION_BYTES_MAX } from '../../../../config/limits.ts'
import { ChainUnavailable } from '../../chain-access.ts'
import { refusal } from '../../errors.ts'
import { methodOfMany } from '../../method.ts'
import { anyBytes } from '../../params.ts'

export const sendRawTransaction = methodOfMany(
  'eth_sendRawTransaction',
  [anyBytes],
  async ({ chain, pending, step }, calls) => {
    step?.name('eth_sendRawTransaction')
    const raws = calls.map(([raw]) => raw).filter(({ length }) => length <= TRANSACTION_BYTES_MAX)
    const verdicts = raws.length > 0 ? await chain.submit(raws, step?.cause) : []
    let next = 0
    return calls.map(([raw]) => {
      if (raw.length > TRANSACTION_BYTES_MAX) return refusal('OVERSIZED')
      const verdict = verdicts[next++]
      if (!verdict) throw new ChainUnavailable('the mempool gave no verdict')
      const { hash, code, message } = verdict
      if (code !== '') return refusal(code, message)
      pending.accepted(hash, raw)
      return hash
    })
  },
)

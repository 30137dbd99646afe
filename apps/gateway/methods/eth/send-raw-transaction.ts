// eth_sendRawTransaction: hands a signed transaction in; the result is its hash.

import { TRANSACTION_BYTES_MAX } from '../../../../config/limits.ts'
import { refusal } from '../../errors.ts'
import { method } from '../../method.ts'
import { anyBytes } from '../../params.ts'

export const sendRawTransaction = method(
  'eth_sendRawTransaction',
  [anyBytes],
  async ({ chain, pending, step }, raw) => {
    if (raw.length > TRANSACTION_BYTES_MAX) throw refusal('OVERSIZED')
    step?.name('eth_sendRawTransaction')
    const { hash, code, message } = await chain.submit(raw, step?.cause)
    if (code !== '') throw refusal(code, message)
    pending.accepted(hash, raw)
    return hash
  },
  { together: true },
)

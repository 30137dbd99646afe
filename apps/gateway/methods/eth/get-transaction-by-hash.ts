// eth_getTransactionByHash: one in a final block, or one that waits for a block.

import { assert } from '../../../../lib/assert.ts'
import { decodeTransaction } from '../../../../protocol/transaction/decode-transaction.ts'
import { minedAnswer, waitingAnswer } from '../../answers/transaction-answer.ts'
import { method } from '../../method.ts'
import { hash } from '../../params.ts'

export const getTransactionByHash = method(
  'eth_getTransactionByHash',
  [hash],
  async ({ chain, blocks }, wanted) => {
    const place = await chain.transactionAt(wanted)
    const block = place && (await blocks.at(place.height))
    if (block) return minedAnswer(block, place.index)
    const waiting = await chain.waiting(wanted)
    if (!waiting) return null
    const decoded = decodeTransaction(waiting.raw)
    assert(decoded.ok, 'the mempool holds a transaction that cannot be decoded')
    return waitingAnswer(decoded.transaction, waiting.sender)
  },
)

// eth_getTransactionByHash: one in a final block, or one that waits for a block.

import { assert } from '../../../../lib/assert.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { decodeTransaction } from '../../../../protocol/transaction/decode-transaction.ts'
import { minedAnswer, waitingAnswer } from '../../answers/transaction-answer.ts'
import { method, type RpcContext } from '../../method.ts'
import { hash } from '../../params.ts'

async function mined({ chain, blocks }: RpcContext, wanted: Hex) {
  const place = await chain.transactionAt(wanted)
  const block = place && (await blocks.at(place.height))
  return block && minedAnswer(block, place.index)
}

export const getTransactionByHash = method(
  'eth_getTransactionByHash',
  [hash],
  async (context, wanted) => {
    const found = await mined(context, wanted)
    if (found) return found
    const waiting = await context.chain.waiting(wanted)
    // It may have become final between the two questions.
    if (!waiting) return mined(context, wanted)
    const decoded = decodeTransaction(waiting.raw)
    assert(decoded.ok, 'the mempool holds a transaction that cannot be decoded')
    return waitingAnswer(decoded.transaction, waiting.sender)
  },
)

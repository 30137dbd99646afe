// The senders of a block's transactions: most of them have been checked by this node's mempool; the
// rest go to the task pool.

import { BLOCK_CHECK_BATCH, BLOCK_CHECK_MS, BLOCK_MEMPOOL_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import type { Transaction } from '../../protocol/transaction/transaction.ts'
import type { Context } from '../../runtime/context.ts'
import { MempoolMessages } from '../messages/mempool.ts'
import { RecoverSenders } from '../messages/tasks.ts'

type Sent = readonly SentTransaction[]
type Done = (result: Sent | 'BAD_TRANSACTION' | 'SENDERS_UNCHECKED') => void

export function findSenders(
  ctx: Context,
  mempool: string,
  transactions: readonly Transaction[],
  done: Done,
): void {
  if (transactions.length === 0) {
    done([])
    return
  }
  const unknown = transactions.map(() => undefined)
  ctx.ask(
    MempoolMessages,
    mempool,
    'SendersOf',
    { hashes: transactions.map(({ hash }) => hash) },
    {
      within: BLOCK_MEMPOOL_MS,
      ok: (known) => recoverRest(ctx, transactions, known, done),
      failed: () => recoverRest(ctx, transactions, unknown, done),
    },
  )
}

function recoverRest(
  ctx: Context,
  transactions: readonly Transaction[],
  known: readonly (Hex | undefined)[],
  done: Done,
): void {
  const senders: (Hex | null | undefined)[] = transactions.map((_, i) => known[i])
  const missing = [...senders.keys()].filter((i) => senders[i] === undefined)
  const finish = () => {
    const sent: SentTransaction[] = []
    for (const [i, transaction] of transactions.entries()) {
      const sender = senders[i]
      if (!sender) return done(sender === null ? 'BAD_TRANSACTION' : 'SENDERS_UNCHECKED')
      sent.push({ transaction, sender })
    }
    return done(sent)
  }
  let open = Math.ceil(missing.length / BLOCK_CHECK_BATCH)
  if (open === 0) finish()
  for (let start = 0; start < missing.length; start += BLOCK_CHECK_BATCH) {
    const batch = missing.slice(start, start + BLOCK_CHECK_BATCH)
    const closed = (found: readonly (Hex | null)[]) => {
      for (const [j, i] of batch.entries()) senders[i] = found[j]
      if (--open === 0) finish()
    }
    ctx.run(
      RecoverSenders,
      { transactions: batch.map((i) => (transactions[i] as Transaction).raw) },
      { within: BLOCK_CHECK_MS, ok: (out) => closed(out.senders), failed: () => closed([]) },
    )
  }
}

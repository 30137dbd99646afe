// Validates a proposed block by executing it on its parent, and keeps the result.

import type { Hex } from '../../lib/hex.ts'
import { type Block, decodeBlock } from '../../protocol/block/block.ts'
import type { SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import { validateBlock } from '../../protocol/execution/validate-block.ts'
import { BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX } from '../../protocol/params.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import { decodeTransaction } from '../../protocol/transaction/decode-transaction.ts'
import type { Transaction } from '../../protocol/transaction/transaction.ts'
import type { Bench } from './bench.ts'
import { findSenders } from './block-senders.ts'
import { claimsOf, holdClaims } from './shard-desk.ts'

interface Checked {
  readonly ok: boolean
  readonly hash: Hex | undefined
  readonly code: string
}

type Reply = (checked: Checked) => void

function read(bytes: Uint8Array): Block | undefined {
  try {
    return decodeBlock(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

function readTransactions(block: Block): Transaction[] | undefined {
  if (block.transactions.length > BLOCK_TRANSACTIONS_MAX) return undefined
  const bytes = block.transactions.reduce((sum, { length }) => sum + length, 0)
  if (bytes > BLOCK_BYTES_MAX) return undefined
  const transactions: Transaction[] = []
  for (const raw of block.transactions) {
    const decoded = decodeTransaction(raw)
    if (!decoded.ok) return undefined
    transactions.push(decoded.transaction)
  }
  return transactions
}

export function checkOn(
  bench: Bench,
  { block: bytes, isFinal: isCertified }: { readonly block: Uint8Array; readonly isFinal: boolean },
  isFinal: (hash: Hex) => boolean,
  reply: Reply,
): void {
  const { speculation, ctx, props } = bench
  const block = read(bytes)
  if (!block) {
    reply({ ok: false, hash: undefined, code: 'UNDECODABLE' })
    return
  }
  const { hash, header } = block
  const answer = (code: string) => reply({ ok: code === '', hash, code })
  if (speculation.find(hash) || isFinal(hash)) {
    answer('')
    return
  }
  const parent = speculation.find(header.parentHash)
  if (!parent) {
    const isOld = header.height <= speculation.final.block.header.height
    answer(isOld ? 'STALE' : 'UNKNOWN_PARENT')
    return
  }
  const transactions = readTransactions(block)
  if (!transactions) {
    answer('BAD_TRANSACTION')
    return
  }
  holdClaims(bench, parent, claimsOf(block.sidecar), (code) => {
    // A quorum has held what is gone by now, and has taken for right what is false here: the shard
    // does not follow it, the chain does. Before that such a block is not voted for; it is not
    // invalid for good either, since a final one could not be executed any more then.
    const isLeft = code === 'SYNCING' || code === 'BAD_CLAIM'
    if (isLeft && isCertified) {
      ctx.reached(code === 'SYNCING' ? 'check-without-batches' : 'check-false-claim')
    } else if (code !== '') {
      answer(isLeft ? 'BUSY' : code)
      return
    }
    findSenders(ctx, props.mempool, transactions, (sent) => {
      answer(typeof sent === 'string' ? sent : execute(bench, block, sent))
    })
  })
}

function execute(
  { ctx, props, speculation, figures }: Bench,
  block: Block,
  sent: readonly SentTransaction[],
) {
  // Blocks may have become final while the senders were asked for.
  const parent = speculation.find(block.header.parentHash)
  if (!parent) return 'UNKNOWN_PARENT'
  const { hash, header } = parent.block
  const checked = figures.time(
    () => validateBlock(props.config, { hash, header }, parent.tree, block, sent),
    (result) => (result.ok ? block.header.gasUsed : 0),
  )
  if (!checked.ok) {
    const { code, detail } = checked
    ctx.log('warn', 'block-refused', { hash: block.hash, code, detail })
    ctx.reached('block-builder-refused')
    return code
  }
  const { executed } = checked
  speculation.add({ block, executed, tree: executed.tree })
  return ''
}

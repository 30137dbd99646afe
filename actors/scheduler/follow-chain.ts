// Reads the chain block by block, without a gap, from where the book left off.

import type { Infer } from '../../lib/schema.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { decodeReceipt } from '../../protocol/block/transaction-receipt.ts'
import { keccakHex } from '../../protocol/crypto/keccak.ts'
import { decodeReceipts } from '../../protocol/state/tables.ts'
import { ArchiveMessages, type StoredBlock } from '../messages/archive.ts'
import { assignQueued } from './assign-jobs.ts'
import { applyBlock, reconcile, type SeenBlock } from './chain-events.ts'
import { archiveOf, type Desk } from './desk.ts'

const BLOCKS_PER_READ = 64
const READ_WITHIN_MS = 5000
const POLL_WITHIN_MS = 25_000
const RETRY_MS = 300

/** Starts following; never ends. The first read finds the account's nonce: then we are `ready`. */
export function followChain(desk: Desk, ready: () => void): void {
  const node = archiveOf(desk)
  const retry = () => {
    desk.archive++
    desk.ctx.after('follow', RETRY_MS, () => followChain(desk, ready))
  }
  const { address } = desk.props
  desk.ctx.ask(ArchiveMessages, node, 'Head', null, {
    within: READ_WITHIN_MS,
    ok: ({ height }) => {
      if (desk.book.meta('height') === undefined) {
        // A new book has no job in the blocks before.
        desk.head.height = height
        desk.book.setMeta('height', height)
        desk.book.flush()
      }
      desk.ctx.ask(
        ArchiveMessages,
        node,
        'Account',
        { address },
        {
          within: READ_WITHIN_MS,
          ok: ({ nonce }) => {
            desk.money.start(nonce)
            settleDoubts(desk)
            ready()
            poll(desk)
          },
          failed: retry,
        },
      )
    },
    failed: retry,
  })
}

/** Jobs that wait for a transaction which is no longer in the outbox: only the chain knows. */
function settleDoubts(desk: Desk): void {
  for (const job of desk.book.open()) {
    const waits = ['opening', 'assigning', 'settling', 'failing', 'refunding'].includes(job.phase)
    if (waits && !job.rollup && !desk.money.isWaiting(job.jobId)) reconcile(desk, job)
  }
}

function poll(desk: Desk): void {
  const body = { height: desk.head.height, max: BLOCKS_PER_READ }
  desk.ctx.ask(ArchiveMessages, archiveOf(desk), 'BlocksAfter', body, {
    within: POLL_WITHIN_MS,
    ok: (blocks) => {
      for (const block of blocks) {
        if (block.height === desk.head.height + 1) applyBlock(desk, seenBlock(block))
      }
      if (desk.workers.takeFreed()) assignQueued(desk)
      desk.book.flush()
      if (blocks.length > 0) poll(desk)
      else desk.ctx.after('poll', RETRY_MS, () => poll(desk))
    },
    failed: ({ reason }) => {
      if (reason !== 'expired') desk.archive++
      desk.ctx.after('poll', reason === 'expired' ? 0 : RETRY_MS, () => poll(desk))
    },
  })
}

function seenBlock(stored: Infer<typeof StoredBlock>): SeenBlock {
  const { header, transactions } = decodeBlock(stored.block)
  const receipts = decodeReceipts(stored.receipts)
  return {
    height: header.height,
    timestamp: header.timestamp,
    baseFee: header.baseFeePerGas,
    transactions: transactions.map((raw, i) => {
      const receipt = decodeReceipt(receipts[i] as Uint8Array)
      return { hash: keccakHex(raw), ok: receipt.succeeded, logs: receipt.logs }
    }),
  }
}

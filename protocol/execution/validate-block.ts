// A validator's check: the block must be, to the byte, the one that its own execution gives.

import { equalBytes } from '../../lib/bytes.ts'
import type { Block } from '../block/block.ts'
import { headerTimeMs, unpackExtraData } from '../block/extra-data.ts'
import { decodeSidecar } from '../block/sidecar.ts'
import type { BlockRefusal } from '../errors/block-refusals.ts'
import { RlpError } from '../rlp/rlp.ts'
import type { StateTree } from '../state/state-tree.ts'
import { treeView } from '../state/state-view.ts'
import type { ChainConfig } from './chain-config.ts'
import { type Executed, executeBlock } from './execute-block.ts'
import type { SentTransaction } from './execute-transactions.ts'
import { type Decided, type Parent, planBlock } from './plan-block.ts'
import { sealBlock } from './seal-block.ts'

export type ValidatedBlock =
  | { readonly ok: true; readonly executed: Executed }
  | { readonly ok: false; readonly code: BlockRefusal; readonly detail: string }

function refuse(code: BlockRefusal, detail = ''): ValidatedBlock {
  return { ok: false, code, detail }
}

/** What the block says that consensus decided; undefined when it cannot be read. */
function readDecided({ header, sidecar }: Block): Decided | BlockRefusal {
  const extra = unpackExtraData(header.extraData)
  if (!extra) return 'WRONG_EXTRA_DATA'
  const { mode, epoch, view } = extra
  try {
    const { proposer } = decodeSidecar(sidecar)
    const timestampMs = headerTimeMs(header)
    return { timestampMs, mode, epoch, view, proposer, sidecar }
  } catch (error) {
    if (error instanceof RlpError) return 'WRONG_SIDECAR'
    throw error
  }
}

/**
 * `sent` are the block's transactions in order with their recovered senders. Whether the proposer
 * leads the view, and its time against the clock, are consensus' to judge; all else is recomputed
 * here.
 */
export function validateBlock(
  config: ChainConfig,
  parent: Parent,
  tree: StateTree,
  block: Block,
  sent: readonly SentTransaction[],
): ValidatedBlock {
  if (block.header.parentHash !== parent.hash) return refuse('UNKNOWN_PARENT')
  const decided = readDecided(block)
  if (typeof decided === 'string') return refuse(decided)
  const plan = planBlock(config, parent, treeView(tree), decided)
  if (!plan.ok) return plan
  const result = executeBlock(config, tree, plan, sent, 'fail')
  if (!result.ok) return result
  const ours = sealBlock(parent, decided, plan.env, result.executed)
  if (ours.hash !== block.hash || !isSameBody(ours, block)) {
    return refuse('WRONG_HEADER', differing(ours, block))
  }
  return { ok: true, executed: result.executed }
}

/** PERF: without encoding both; the transactions are mostly the very same arrays. */
function isSameBody(ours: Block, theirs: Block): boolean {
  const { transactions } = theirs
  return (
    ours.transactions.length === transactions.length &&
    ours.transactions.every((raw, i) => {
      const other = transactions[i] as Uint8Array
      return raw === other || equalBytes(raw, other)
    }) &&
    equalBytes(ours.sidecar, theirs.sidecar)
  )
}

function differing(ours: Block, theirs: Block): string {
  const names = Object.keys(ours.header) as (keyof Block['header'])[]
  return names.filter((name) => ours.header[name] !== theirs.header[name]).join(', ')
}

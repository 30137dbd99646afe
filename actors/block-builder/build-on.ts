// Proposes: takes candidates from the mempool, executes them on the parent, keeps the result.

import { BLOCK_MEMPOOL_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { nextBaseFee } from '../../protocol/block/base-fee.ts'
import { encodeBlock } from '../../protocol/block/block.ts'
import { rulesAfter } from '../../protocol/epoch/epoch-storage.ts'
import { buildBlock } from '../../protocol/execution/build-block.ts'
import type { SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import { TRANSFER_GAS } from '../../protocol/execution/intrinsic-gas.ts'
import { lighterSidecar } from '../../protocol/execution/lighter-sidecar.ts'
import type { Decided } from '../../protocol/execution/plan-block.ts'
import { withClaims } from '../../protocol/execution/sidecar-claims.ts'
import {
  BLOCK_GAS_LIMITS,
  BLOCK_TRANSACTIONS_MAX,
  UNFINAL_DEPTH_MAX,
} from '../../protocol/params.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import { decodeTransaction } from '../../protocol/transaction/decode-transaction.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import { parseTraceparent } from '../../runtime/trace/traceparent.ts'
import { MempoolMessages } from '../messages/mempool.ts'
import type { Bench } from './bench.ts'
import { claimsOf, type OfferedClaim, takeClaims } from './shard-desk.ts'
import type { Candidate, Tip } from './speculation.ts'

export interface BuildRequest extends Decided {
  readonly parent: Hex
  readonly allowEmpty: boolean
}

interface Built {
  readonly block: Uint8Array | undefined
  readonly hash: Hex | undefined
  readonly code: string
}

function none(code: string): Built {
  return { block: undefined, hash: undefined, code }
}

export function buildOn(bench: Bench, request: BuildRequest, reply: (built: Built) => void): void {
  const { ctx, props, speculation } = bench
  const parent = speculation.find(request.parent)
  const path = speculation.pathTo(request.parent)
  if (!parent || !path) {
    reply(none('UNKNOWN_PARENT'))
    return
  }
  const isDeep = path.length >= UNFINAL_DEPTH_MAX
  if (isDeep) {
    ctx.reached('block-builder-deep')
    reply(seal(bench, request, []))
    return
  }
  let claims: readonly OfferedClaim[] | undefined
  let taken: Taken | 'none' | undefined
  const both = () => {
    if (!claims || !taken) return
    reply(sealTaken(bench, withClaimsOf(request, claims), taken))
  }
  takeClaims(bench, parent, request.timestampMs, (found) => {
    claims = found
    both()
  })
  ctx.ask(MempoolMessages, props.mempool, 'TakeForBlock', choiceOn(parent, path), {
    within: BLOCK_MEMPOOL_MS,
    ok: (found) => {
      taken = found
      both()
    },
    failed: () => {
      taken = 'none'
      both()
    },
  })
}

/** What a block on `parent` can take; `path` leads to it from the last final block. */
function choiceOn(
  parent: Tip,
  path: readonly Candidate[],
): Body<(typeof MempoolMessages)['verbs'], 'TakeForBlock'> {
  const gasLimit = BLOCK_GAS_LIMITS[rulesAfter(treeView(parent.tree)).mode]
  return {
    gasLimit,
    baseFee: nextBaseFee(parent.block.header),
    max: Math.min(BLOCK_TRANSACTIONS_MAX, Math.floor(gasLimit / TRANSFER_GAS)),
    exclude: path.flatMap(({ executed }) =>
      executed.included.map(({ transaction }) => transaction.hash),
    ),
  }
}

/** Answers whether a transaction waits that a block on `parent` could take, true if in doubt. */
export function hasCandidates(bench: Bench, parent: Hex, reply: (has: boolean) => void): void {
  const { ctx, props, speculation } = bench
  const tip = speculation.find(parent)
  const path = speculation.pathTo(parent)
  if (!tip || !path) {
    reply(true)
    return
  }
  ctx.ask(MempoolMessages, props.mempool, 'HasForBlock', choiceOn(tip, path), {
    within: BLOCK_MEMPOOL_MS,
    ok: reply,
    failed: () => reply(true),
  })
}

type Taken = Reply<(typeof MempoolMessages)['verbs'], 'TakeForBlock'>

function withClaimsOf(request: BuildRequest, claims: readonly OfferedClaim[]): BuildRequest {
  if (claims.length === 0) return request
  return { ...request, sidecar: withClaims(request.sidecar, claims) }
}

/** Without an answer of the mempool there is a block only where it may be empty, or has claims. */
function sealTaken(bench: Bench, request: BuildRequest, taken: Taken | 'none'): Built {
  if (taken === 'none') {
    const mayBe = request.allowEmpty || claimsOf(request.sidecar).length > 0
    return mayBe ? seal(bench, request, []) : none('NO_CANDIDATES')
  }
  const built = tracedSpans(bench, taken.traced)
  const candidates: SentTransaction[] = []
  for (const { raw, sender } of taken.transactions) {
    const decoded = decodeTransaction(raw)
    if (decoded.ok) candidates.push({ transaction: decoded.transaction, sender })
  }
  const sealed = seal(bench, request, candidates)
  built()
  return sealed
}

/** Begins a span in every trace whose transactions are being built into the block. */
function tracedSpans({ ctx }: Bench, traced: readonly string[]): () => void {
  const ends: (() => void)[] = []
  for (const traceparent of traced) {
    ctx.causedBy(parseTraceparent(traceparent), () => ends.push(ctx.span('build block')))
  }
  return () => {
    for (const end of ends) end()
  }
}

function seal(
  { ctx, props, speculation, figures }: Bench,
  request: BuildRequest,
  candidates: readonly SentTransaction[],
): Built {
  // Blocks may have become final while the mempool was asked.
  const parent = speculation.find(request.parent)
  if (!parent) return none('UNKNOWN_PARENT')
  const isAsked = request.allowEmpty || claimsOf(request.sidecar).length > 0
  if (candidates.length === 0 && !isAsked) return none('')
  const { hash, header } = parent.block
  const build = (decided: Decided) =>
    figures.time(
      () => buildBlock(props.config, { hash, header }, parent.tree, decided, candidates),
      (result) => (result.ok ? result.block.header.gasUsed : 0),
    )
  let decided: Decided = request
  let built = build(decided)
  // Each round takes one thing out, so this ends.
  while (!built.ok) {
    ctx.log('warn', 'block-not-built', { code: built.code, detail: built.detail })
    const sidecar = lighterSidecar(decided.sidecar, built)
    if (!sidecar) return none(built.code)
    ctx.reached('block-builder-lighter')
    decided = { ...decided, sidecar }
    built = build(decided)
  }
  const { block, executed } = built
  const hasClaims = claimsOf(decided.sidecar).length > 0
  if (executed.included.length === 0 && !hasClaims && !request.allowEmpty) return none('')
  speculation.add({ block, executed, tree: executed.tree })
  return { block: encodeBlock(block), hash: block.hash, code: '' }
}

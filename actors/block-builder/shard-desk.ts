// The block-builder's dealings with the shards of its node: which claims may go into a block,
// whether those of a block are held here, and what a final block has ordered.

import { ROLLUP_HOLD_MS, ROLLUP_READY_MS } from '../../config/limits.ts'
import { ROLLUP_SYNC_ACCOUNTS } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { headerTimeMs } from '../../protocol/block/extra-data.ts'
import { decodeSidecar } from '../../protocol/block/sidecar.ts'
import { encodeEpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { rulesAfter } from '../../protocol/epoch/epoch-storage.ts'
import { CLAIMS_PER_BLOCK_MAX, CLAIMS_PER_SHARD_MAX } from '../../protocol/params.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'
import { decodeClaim } from '../../protocol/rollup/claim.ts'
import { encodeInboxEntry, inboxEntries } from '../../protocol/rollup/inbox-entry.ts'
import {
  generationAfter,
  isUnopenedAfter,
  shardEnd,
} from '../../protocol/rollup/numbering-notice.ts'
import { holderOf } from '../../protocol/rollup/order-opening.ts'
import { unconsumedBy, waitingParcels } from '../../protocol/rollup/parcel-notice.ts'
import { rollupHeadAfter, settledClaim } from '../../protocol/rollup/rollup-head.ts'
import { rollupWords } from '../../protocol/rollup/rollup-storage.ts'
import { shardAccounts } from '../../protocol/rollup/shard-accounts.ts'
import { isClosing, isClosingTime } from '../../protocol/rollup/shard-change.ts'
import type { StateTree } from '../../protocol/state/state-tree.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import type { BlockBuilderMessages } from '../messages/block-builder.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import type { Bench } from './bench.ts'
import type { Tip } from './speculation.ts'

type Ordered = Body<(typeof ShardMessages)['verbs'], 'Ordered'>
type Start = Reply<(typeof BlockBuilderMessages)['verbs'], 'Rollup'>
type Claims = readonly Uint8Array[]

const NOBODY: Hex = `0x${'00'.repeat(20)}`

/** Answers of shards for one block: the worst of them counts. */
const HOLD_CODES: readonly string[] = ['', 'SYNCING', 'BUSY', 'BAD_CLAIM']

/** Keys of the own shards that there are after a block; none where the node runs none. */
function shardsAfter({ props }: Bench, tree: StateTree): string[] {
  const [first] = props.shards ?? []
  if (first === undefined) return []
  const { shards } = generationAfter(treeView(tree))
  return Array.from({ length: shards }, (_, shard) => shardKey(first, shard))
}

const closingAfter = (tree: StateTree) => isClosing(rollupWords(treeView(tree)))

/** Whether a block of this time on the parent takes claims without transfers only. */
function isClosingOn(parent: Tip, timestampMs: number): boolean {
  const view = treeView(parent.tree)
  const words = rollupWords(view)
  const height = parent.block.header.height + 1
  return isClosing(words) || isClosingTime(words, rulesAfter(view), height, timestampMs)
}

/** A claim for a block, and what must be beside it. */
export interface OfferedClaim {
  readonly claim: Uint8Array
  /** Undefined where shards have no committees. */
  readonly certificate: Uint8Array | undefined
}

/** The first of each shard, then the second of each; another shard begins in each block. */
function inTurn(found: readonly (readonly OfferedClaim[])[], height: number): OfferedClaim[] {
  const claims: OfferedClaim[] = []
  for (let nth = 0; nth < CLAIMS_PER_SHARD_MAX; nth++) {
    for (let i = 0; i < found.length; i++) {
      const claim = found[(i + height) % found.length]?.[nth]
      if (claim) claims.push(claim)
    }
  }
  return claims
}

/** Claims that stand on the parent's state, of all shards that answer in time. */
export function takeClaims(
  bench: Bench,
  parent: Tip,
  timestampMs: number,
  done: (claims: readonly OfferedClaim[]) => void,
): void {
  const shards = shardsAfter(bench, parent.tree)
  const found: OfferedClaim[][] = shards.map(() => [])
  let open = shards.length
  if (open === 0) done([])
  const closed = () => {
    if (--open === 0) done(inTurn(found, parent.block.header.height).slice(0, CLAIMS_PER_BLOCK_MAX))
  }
  const view = treeView(parent.tree)
  const { generation } = generationAfter(view)
  const closing = isClosingOn(parent, timestampMs)
  for (const [shard, key] of shards.entries()) {
    // Its first claim comes after that of the shard with which it was one.
    if (holderOf(rollupWords(view), shard) !== undefined) {
      closed()
      continue
    }
    const head = rollupHeadAfter(view, shard, bench.props.genesis.block.hash)
    const { sequencer, timestampMs: headMs } = head
    const max = CLAIMS_PER_SHARD_MAX
    bench.ctx.ask(
      ShardMessages,
      key,
      'Ready',
      { head: head.hash, max, timestampMs, sequencer, headMs, generation, closing },
      {
        within: ROLLUP_READY_MS,
        ok: ({ claims, certificates }) => {
          found[shard] = claims.map((claim, i) => ({ claim, certificate: certificates[i] }))
          closed()
        },
        failed: closed,
      },
    )
  }
}

/** Of a sidecar that may not be one. */
export function claimsOf(sidecar: Uint8Array): Claims {
  try {
    return decodeSidecar(sidecar).claims
  } catch (error) {
    if (error instanceof RlpError) return []
    throw error
  }
}

function shardOfClaim(encoded: Uint8Array): number | undefined {
  try {
    return decodeClaim(encoded).shard
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/**
 * Answers '' once every claim of the block is held, verified and durable here; BUSY when that could
 * not be said in time, so that the block may be checked again; SYNCING when all is as far as it can
 * be, and a shard lacks batches that its peers have deleted.
 */
export function holdClaims(
  bench: Bench,
  parent: Tip,
  claims: Claims,
  done: (code: string) => void,
): void {
  const shards = shardsAfter(bench, parent.tree)
  const { generation } = generationAfter(treeView(parent.tree))
  const byShard = new Map<number, Uint8Array[]>()
  for (const claim of claims) {
    const shard = shardOfClaim(claim)
    if (shard === undefined || shard >= shards.length) {
      done('BAD_CLAIM')
      return
    }
    byShard.set(shard, [...(byShard.get(shard) ?? []), claim])
  }
  let open = byShard.size
  let code = ''
  if (open === 0) done('')
  const closed = (one: string) => {
    const known = HOLD_CODES.includes(one) ? one : 'BUSY'
    if (HOLD_CODES.indexOf(known) > HOLD_CODES.indexOf(code)) code = known
    if (--open === 0) done(code)
  }
  for (const [shard, own] of byShard) {
    bench.ctx.ask(
      ShardMessages,
      shards[shard] as string,
      'Hold',
      { claims: own, withinMs: ROLLUP_HOLD_MS, generation },
      {
        within: 2 * ROLLUP_HOLD_MS,
        ok: (held) => closed(held.code),
        failed: () => closed('BUSY'),
      },
    )
  }
}

/** The rules of the epoch in which the next block will be. */
function rulesFor(tree: StateTree): Uint8Array {
  return encodeEpochRules(rulesAfter(treeView(tree)))
}

/** In such a block no messages wait, and no shard freezes. */
function isChanged(before: StateTree, after: StateTree): boolean {
  return (
    generationAfter(treeView(before)).generation !== generationAfter(treeView(after)).generation
  )
}

/** Messages that a block has added to the inboxes. */
function newMessages(bench: Bench, before: StateTree, after: StateTree): Ordered['inbox'] {
  if (isChanged(before, after)) return []
  const genesis = bench.props.genesis.block.hash
  const found: Ordered['inbox'] = []
  for (const shard of shardsAfter(bench, before).keys()) {
    const from = rollupHeadAfter(treeView(before), shard, genesis).inboxCount
    const view = treeView(after)
    const { inboxCount: to } = rollupHeadAfter(view, shard, genesis)
    for (const [i, entry] of (inboxEntries(view, shard, from, to) ?? []).entries()) {
      found.push({ shard, index: from + i, message: encodeInboxEntry(entry) })
    }
  }
  return found
}

/** Shards that a block has frozen. */
function newlyFrozen(bench: Bench, before: StateTree, after: StateTree): Ordered['frozen'] {
  if (isChanged(before, after)) return []
  const genesis = bench.props.genesis.block.hash
  const found: Ordered['frozen'] = []
  for (const shard of shardsAfter(bench, before).keys()) {
    const { frozen, number } = rollupHeadAfter(treeView(after), shard, genesis)
    if (!frozen || rollupHeadAfter(treeView(before), shard, genesis).frozen) continue
    found.push({ shard, number })
  }
  return found
}

/** Tells the shards of final blocks, oldest first; `before` is the tip on which they stand. */
export function tellOrdered(bench: Bench, before: Tip, path: readonly Tip[]): void {
  const { ctx } = bench
  if (shardsAfter(bench, before.tree).length === 0) return
  let parent = before
  for (const tip of path) {
    const { hash: blockHash, header, sidecar } = tip.block
    const body: Ordered = {
      height: header.height,
      blockHash,
      timestampMs: headerTimeMs(header),
      generation: generationAfter(treeView(parent.tree)).generation,
      closing: closingAfter(tip.tree),
      claims: [...claimsOf(sidecar)],
      inbox: newMessages(bench, parent.tree, tip.tree),
      frozen: newlyFrozen(bench, parent.tree, tip.tree),
    }
    for (const key of shardsAfter(bench, parent.tree)) {
      ctx.tell(ShardMessages, key, 'Ordered', body)
    }
    parent = tip
  }
}

/** At the start and at each turn of the epoch. */
export function tellEpoch(bench: Bench): void {
  const { tree } = bench.speculation.final
  const rules = rulesFor(tree)
  for (const key of shardsAfter(bench, tree)) bench.ctx.tell(ShardMessages, key, 'Epoch', { rules })
}

/** Some accounts of a shard, for one that takes up its state. */
export function rollupAccounts(
  { speculation }: Bench,
  shard: number,
  from: number,
): Reply<(typeof BlockBuilderMessages)['verbs'], 'RollupAccounts'> {
  const view = treeView(speculation.final.tree)
  const { accounts, next } = shardAccounts(view, shard, from, ROLLUP_SYNC_ACCOUNTS)
  return { accounts: accounts.map(([index, account]) => ({ index, ...account })), next }
}

/** What a shard of before the last change is told: where it ended, with nothing under way. */
function endedStart({ speculation, props }: Bench, shard: number): Start {
  const { block, tree } = speculation.final
  const { number, hash } = shardEnd(treeView(tree), shard, props.genesis.block.hash)
  const { height } = block.header
  const at = { height, blockHash: block.hash, number, hash, timestampMs: 0, sequencer: NOBODY }
  const nothing = { inboxTo: 0, inboxFrom: 0, inbox: [], parcels: [], sent: [] }
  const states = { rootNumber: number, settled: number, frozen: false, closing: true }
  return { ...at, ...nothing, ...states, rules: rulesFor(tree) }
}

/** What a shard that starts is told. */
export function rollupStart(bench: Bench, shard: number, generation: number): Start {
  const { speculation, props } = bench
  const { block, tree } = speculation.final
  const view = treeView(tree)
  if (generation < generationAfter(view).generation) return endedStart(bench, shard)
  const head = rollupHeadAfter(view, shard, props.genesis.block.hash as Hex)
  const { number, hash, timestampMs, sequencer, inboxTo, inboxFrom, inboxCount } = head
  const { rootNumber, frozen } = head
  return {
    height: block.header.height,
    blockHash: block.hash,
    rules: rulesFor(tree),
    number,
    hash,
    timestampMs,
    sequencer,
    inboxTo,
    inboxFrom,
    frozen,
    inbox: (inboxEntries(view, shard, inboxFrom, inboxCount) ?? []).map(encodeInboxEntry),
    // What a shard begins with after a change no claim has stated yet.
    rootNumber: isUnopenedAfter(view, shard) ? rootNumber - 1 : rootNumber,
    settled: settledClaim(view, shard, block.header.timestamp),
    parcels: waitingParcels(view, shard),
    sent: unconsumedBy(view, shard),
    closing: closingAfter(tree),
  }
}

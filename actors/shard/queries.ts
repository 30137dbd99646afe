// What others may ask a shard: accounts, proofs, final claims, where a transfer went.

import { ROLLUP_RECENT_BATCHES } from '../../config/limits.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { indexOf } from '../../protocol/rollup/layout.ts'
import { outboxLeaves } from '../../protocol/rollup/outbox-leaves.ts'
import { slotIn } from '../../protocol/rollup/shard-place.ts'
import { encodeMeta, stateRootOf } from '../../protocol/rollup/state-root.ts'
import { transferColumns, transferSenders } from '../../protocol/rollup/transfer-columns.ts'
import { MerkleTree } from '../../protocol/rollup/transfer-tree.ts'
import type { Context } from '../../runtime/context.ts'
import type { Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { readMissed } from './checkpoint-rows.ts'
import type { ClaimLine, Point } from './claim-line.ts'
import { type HeldBatch, readBatch, readClaim } from './held-batch.ts'
import type { Inbox } from './inbox.ts'
import type { OrderedClaim } from './line-keeper.ts'
import type { Pruner } from './pruner.ts'
import { placeOf, type ShardProps, seriesIn, seriesOf } from './shard-props.ts'
import { type BatchRow, type FinalRow, readBatchRow, readFinalRow } from './shard-rows.ts'

type Verbs = (typeof ShardMessages)['verbs']

interface Recent {
  readonly held: HeldBatch
  readonly ordered: OrderedClaim
  /** Senders and their nonces before the batch. */
  readonly from: Uint32Array
  readonly nonces: Uint32Array
}

const NOWHERE: Omit<FinalRow, 'hash'> = {
  height: 0,
  blockHash: `0x${'00'.repeat(32)}`,
  timestampMs: 0,
}

export function hexes(path: Uint8Array): Hex[] {
  const list: Hex[] = []
  for (let at = 0; at < path.length; at += 32) list.push(bytesToHex(path.subarray(at, at + 32)))
  return list
}

export class ShardQueries {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly line: ClaimLine
  private readonly inbox: Inbox
  private readonly pruner: Pruner
  private readonly recent: Recent[] = []

  constructor(ctx: Context, props: ShardProps, line: ClaimLine, inbox: Inbox, pruner: Pruner) {
    this.ctx = ctx
    this.props = props
    this.line = line
    this.inbox = inbox
    this.pruner = pruner
  }

  /** Keeps what a final batch did for a while; `nonces` are its senders' before it. */
  remember(held: HeldBatch, ordered: OrderedClaim, nonces: Uint32Array): void {
    const from = transferSenders(held.body)
    this.recent.push({ held, ordered, from, nonces })
    if (this.recent.length > ROLLUP_RECENT_BATCHES) this.recent.shift()
  }

  account(index: number): Reply<Verbs, 'Account'> {
    const { state, tip } = this.line
    const slot = slotIn(state, index)
    if (slot < 0 || !state.table.isRegistered(slot)) return undefined
    const { book } = this.inbox
    const blsKey = book.keyOf(index)
    const spendKey = book.spendKeyOf(index)
    return {
      index,
      owner: book.ownerOf(index) ?? this.props.config.owner,
      blsKey: blsKey && bytesToHex(blsKey),
      spendKey: spendKey && bytesToHex(spendKey),
      balance: state.table.balanceOf(slot),
      nonce: state.table.nonceOf(slot),
      touch: state.table.touchOf(slot),
      number: tip.number,
    }
  }

  indexOf(owner: Hex): number | undefined {
    const { config } = this.props
    const { shard, shards } = placeOf(this.props)
    const found = this.inbox.book.indexOf(owner)
    if (found !== undefined || config.accounts === 0 || owner !== config.owner) return found
    return indexOf(shard, shards, 0)
  }

  proof(index: number): Reply<Verbs, 'AccountProof'> {
    const { state, tip } = this.line
    const slot = slotIn(state, index)
    if (slot < 0 || slot >= 2 ** state.table.depth) return undefined
    const { hashPairs } = this.props.ports
    const treeRoot = state.pages.root(hashPairs)
    const meta = encodeMeta(state.meta)
    return {
      number: tip.number,
      claim: tip.hash,
      stateRoot: bytesToHex(stateRootOf(treeRoot, meta)),
      treeRoot: bytesToHex(treeRoot),
      meta,
      record: state.table.recordOf(slot),
      proof: hexes(state.pages.proof(slot, hashPairs)),
    }
  }

  claimAt(number: number): Reply<Verbs, 'ClaimAt'> {
    if (number > this.line.final.number || number < 1) return undefined
    const { store } = this.ctx
    const series = seriesOf(this.props)
    const last = this.recent.find(({ ordered }) => ordered.number === number)?.ordered
    const place = last ?? readFinalRow(store, series, number)
    const hash = place?.hash ?? this.hashAt(number)
    const row = hash && readBatchRow(store, series, number, hash)
    if (!row || !hash) return undefined
    const { height, blockHash, timestampMs } = place ?? NOWHERE
    return { claim: row.encoded, hash, body: row.bytes, height, blockHash, timestampMs }
  }

  /** Where no row says what was final: down from the last final claim, by parents. */
  private hashAt(number: number): Hex | undefined {
    let { number: at, hash } = this.line.final
    while (at > number) {
      const row = readBatchRow(this.ctx.store, seriesOf(this.props), at, hash)
      const read = row && readClaim(row.encoded)
      if (!read) return undefined
      hash = read.claim.parent
      at--
    }
    return hash
  }

  fetch({ number, hash }: Point): Reply<Verbs, 'Fetch'> {
    const held = this.line.find(hash)
    if (held?.isSigned) return { code: '', claim: held.encoded, body: held.bytes }
    const recent = this.recent.find((one) => one.held.hash === hash)
    if (recent) return { code: '', claim: recent.held.encoded, body: recent.held.bytes }
    const row = this.row(number, hash)
    if (row) return { code: '', claim: row.encoded, body: row.bytes }
    return this.nothing(number <= this.pruner.gone.number ? 'PRUNED' : 'NOT_HELD')
  }

  /** Also of those before a change of their number that are one with this: some come late. */
  row(number: number, hash: Hex): BatchRow | undefined {
    const { shard, numbers } = this.props
    const { store } = this.ctx
    const own = readBatchRow(store, seriesOf(this.props), number, hash)
    if (own || !numbers) return own
    const { generation, shards } = numbers
    const before = (of: number) => readBatchRow(store, seriesIn(generation - 1, of), number, hash)
    return before(shard) ?? before(shard + shards)
  }

  nothing(code: string): Reply<Verbs, 'Fetch'> {
    const none = new Uint8Array(0)
    return { code, claim: none, body: none }
  }

  /** What a final claim has sent to another shard. */
  parcel(number: number, destination: number): Reply<Verbs, 'Parcel'> {
    const { store } = this.ctx
    const series = seriesOf(this.props)
    const gone = number <= this.pruner.gone.number
    const none = { found: false, gone, leaves: new Uint8Array(0) }
    if (number > this.line.final.number || number < 1) return none
    const last = this.recent.find(({ ordered }) => ordered.number === number)?.ordered.hash
    const hash = last ?? readFinalRow(store, series, number)?.hash ?? this.hashAt(number)
    const row = hash && readBatchRow(store, series, number, hash)
    const read = row && readBatch(row.encoded, row.bytes, this.props.ports.sha256, 0)
    if (!row || !read?.ok) return none
    const { claim, body } = read.held
    const place = placeOf(this.props)
    const leaves = outboxLeaves(claim, body, row.early, place, destination)
    return { found: true, gone: false, leaves: new Uint8Array(leaves.buffer) }
  }

  findTransfer(from: number, nonce: number): Reply<Verbs, 'FindTransfer'> {
    for (const { held, ordered, from: senders, nonces } of this.recent) {
      const position = senders.indexOf(from)
      if (position < 0 || nonces[position] !== nonce) continue
      const columns = transferColumns(held.body)
      const lo = columns.amountLo[position] as number
      const hi = columns.amountHi[position] as number
      return {
        number: ordered.number,
        claim: ordered.hash,
        position,
        to: columns.to[position] as number,
        amount: BigInt(hi) * 2n ** 32n + BigInt(lo),
        txRoot: held.claim.txRoot,
        proof: hexes(this.path(held, nonces, position)),
        height: ordered.height,
        blockHash: ordered.blockHash,
      }
    }
    return undefined
  }

  private path({ body }: HeldBatch, nonces: Uint32Array, position: number): Uint8Array {
    const tree = new MerkleTree(this.props.ports.hashPairs)
    const bytes = tree.reserve(body.transfers)
    const leaves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
    const { from, to, amountLo, amountHi } = transferColumns(body)
    for (let i = 0; i < body.transfers; i++) {
      const leaf = [from[i], nonces[i], to[i], 0, amountLo[i], amountHi[i], 0, 0] as number[]
      leaves.set(leaf, 8 * i)
    }
    tree.build()
    return tree.proof(position)
  }

  head(place: HeadPlace): Reply<Verbs, 'Head'> {
    const { line, inbox, props } = this
    const missed = readMissed(this.ctx.store, seriesOf(props))
    const { state } = line
    return {
      ...placeOf(props),
      number: line.final.number,
      hash: line.final.hash,
      height: place.height,
      timestampMs: place.timestampMs,
      rootNumber: place.root.number,
      stateRoot: place.root.root,
      ready: place.isReady,
      keysLeft: place.keysAhead.left,
      entries: state.entries,
      supply: state.supply,
      accounts: state.table.used,
      inboxTo: state.inboxTo,
      inbox: Math.max(inbox.end, state.inboxTo),
      tip: line.tip.number,
      frozen: line.isFrozen,
      pruned: this.pruner.gone.number,
      missedFrom: missed?.from ?? 0,
      missedTo: missed?.to ?? 0,
    }
  }
}

/** What else is said of where a shard is. */
interface HeadPlace {
  readonly height: number
  readonly timestampMs: number
  readonly root: RootAt
  readonly isReady: boolean
  readonly keysAhead: { readonly left: number }
}

/** The last root that a final claim stated. */
export interface RootAt {
  readonly number: number
  readonly root: Hex
}

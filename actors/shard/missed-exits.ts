// Exits of final batches for their owners, also of batches that this node has never executed, since
// it took up a later state: peers that have them are asked when somebody wants one.

import {
  ROLLUP_EXITS_TOLD,
  ROLLUP_SYNC_ASKS_BURST,
  ROLLUP_SYNC_ASKS_PER_SECOND,
} from '../../config/shard-limits.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import { exitLeaf } from '../../protocol/rollup/outgoing.ts'
import { verifyProof } from '../../protocol/rollup/transfer-tree.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { readMissed } from './checkpoint-rows.ts'
import { allExitsOf, exitProof } from './exits.ts'
import { seriesBefore, seriesOfAccount } from './numberings-before.ts'
import { type ShardProps, seriesOf } from './shard-props.ts'
import { SyncPeers } from './sync-peers.ts'

type Verbs = (typeof ShardMessages)['verbs']
type Wanted = Body<Verbs, 'ExitProof'>
type Proof = Reply<Verbs, 'ExitProof'>
type Exits = Reply<Verbs, 'ExitsOf'>

/** A list reads up to 1,024 rows, a proof one. */
const LIST_COST = 20

export class MissedExits {
  private readonly ctx: Context
  private readonly props: ShardProps
  private readonly peers: SyncPeers
  /** What peers may ask for. */
  private readonly asks: TokenBucket

  constructor(ctx: Context, props: ShardProps) {
    this.ctx = ctx
    this.props = props
    this.peers = new SyncPeers(ctx, props)
    this.asks = new TokenBucket(ROLLUP_SYNC_ASKS_PER_SECOND, ROLLUP_SYNC_ASKS_BURST, ctx.now())
  }

  private isMissed({
    shard,
    number,
  }: {
    readonly shard: number
    readonly number: number
  }): boolean {
    const { ctx, props } = this
    const series = seriesOf(props)
    // Who took up the state after a change of their number has nothing of the shards before.
    if (shard !== props.shard && readMissed(ctx.store, series)?.from === 1) return true
    const own = shard === props.shard ? [series] : []
    return [...own, ...seriesBefore(props, shard)].some((one) => {
      const missed = readMissed(ctx.store, one)
      return missed !== undefined && number >= missed.from && number <= missed.to
    })
  }

  /** Whether nothing says that batches were missed in which the account may have exits. */
  private isWhole(index: number): boolean {
    const { ctx, props } = this
    const all = [seriesOf(props), ...seriesOfAccount(props, index)]
    return all.every((series) => readMissed(ctx.store, series) === undefined)
  }

  private isBusy(isPeer: boolean, cost: number): boolean {
    return isPeer && !this.asks.take(cost, this.ctx.now())
  }

  /** Undefined where there is none, or nobody has it. */
  proof(wanted: Wanted, reply: (found: Proof) => void): void {
    const { ctx, props } = this
    const own = this.isBusy(wanted.near, 1) ? undefined : exitProof(ctx.store, props, wanted)
    if (own || wanted.near || !this.isMissed(wanted)) {
      reply(own)
      return
    }
    ctx.reached('shard-exit-asked')
    const ask = (peer: string, then: (found: Proof) => void) => {
      const ok = (found: Proof) => {
        const isTrue = found && this.leads(wanted, found)
        if (found && !isTrue) this.peers.lied(peer, 'an exit with a path that leads nowhere')
        then(isTrue ? found : undefined)
      }
      this.peers.ask(peer, 'ExitProof', { ...wanted, near: true }, ok, () => then(undefined))
    }
    this.first(new Set(this.peers.honest), ask, reply)
  }

  /** Whether its path leads to the root that it names; only the base chain knows that. */
  private leads({ position }: Wanted, found: NonNullable<Proof>): boolean {
    const { from, amount, entry, total, exits, exitRoot, proof } = found
    const leaf = exitLeaf(from, amount, entry, total)
    const { hashPairs } = this.props.ports
    return verifyProof(hexToBytes(exitRoot), leaf, position, exits, proof, hashPairs)
  }

  /** Of batches up to `last`, the latest first. */
  list({ index, near }: Body<Verbs, 'ExitsOf'>, last: number, reply: (exits: Exits) => void): void {
    const { ctx, props } = this
    const own = this.isBusy(near, LIST_COST) ? [] : allExitsOf(ctx.store, props, index, last)
    if (near || own.length === ROLLUP_EXITS_TOLD || this.isWhole(index)) {
      reply(own)
      return
    }
    const nameOf = ({ shard, number, position }: Exits[number]) => `${shard} ${number} ${position}`
    const known = new Set(own.map(nameOf))
    const isNew = (one: Exits[number]) => this.isMissed(one) && !known.has(nameOf(one))
    const ask = (peer: string, then: (found: Exits | undefined) => void) => {
      const ok = (exits: Exits) => {
        const found = exits.filter(isNew)
        then(found.length > 0 ? found : undefined)
      }
      this.peers.ask(peer, 'ExitsOf', { index, near: true }, ok, () => then(undefined))
    }
    this.first(new Set(this.peers.honest), ask, (found = []) => {
      const all = [...own, ...found].sort((a, b) => b.number - a.number || b.position - a.position)
      reply(all.slice(0, ROLLUP_EXITS_TOLD))
    })
  }

  /** One after the other, each once, until one has something. */
  private first<T>(
    left: Set<string>,
    ask: (peer: string, then: (found: T | undefined) => void) => void,
    done: (found: T | undefined) => void,
  ): void {
    const peer = this.peers.choose(left)
    if (peer === undefined) {
      done(undefined)
      return
    }
    left.delete(peer)
    ask(peer, (found) => (found === undefined ? this.first(left, ask, done) : done(found)))
  }
}

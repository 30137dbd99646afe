// The shards of the other validators: told of what is made here, asked for what is missing here.

import { ROLLUP_FETCH_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import type { Context } from '../../runtime/context.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import type { Point } from './claim-line.ts'
import { heirOf, type ShardProps } from './shard-props.ts'

type Fetched = (claim: Uint8Array, body: Uint8Array) => void

export class ShardPeers {
  rules: EpochRules | undefined
  private readonly ctx: Context
  private readonly shard: number
  private readonly heir: number | undefined
  private readonly others: readonly { node: string; blsPublicKey: Hex }[]
  /** Fetches under way, by claim. */
  private readonly fetching = new Set<Hex>()
  /** The node that did not answer the last fetch. */
  private silent = ''
  /** Who says that it has deleted a batch; of the last one of which somebody did. */
  private readonly pruned = { hash: '' as string, nodes: new Set<string>() }
  /** A batch that this node needs is gone at so many peers that not all of them lie. */
  lost: (number: number) => void = () => {}

  constructor(ctx: Context, props: ShardProps) {
    const { node, shard, peers } = props
    this.ctx = ctx
    this.shard = shard
    this.heir = heirOf(props)
    this.others = peers.filter((peer) => peer.node !== node)
  }

  /** Of the other validators. */
  get nodes(): string[] {
    return this.others.map(({ node }) => node)
  }

  /** Of a validator by its index in the epoch's set; undefined for the own one, or nobody's. */
  readonly nodeOf = (validator: number): string | undefined => {
    const key = this.rules?.set.validators[validator]?.blsPublicKey
    return this.others.find(({ blsPublicKey }) => blsPublicKey === key)?.node
  }

  private isPruned(node: string, number: number, hash: Hex): void {
    const { pruned } = this
    this.ctx.reached('shard-fetch-pruned')
    this.ctx.log('warn', 'batch-pruned', { node, number, hash })
    if (pruned.hash !== hash) pruned.nodes.clear()
    pruned.hash = hash
    pruned.nodes.add(node)
    if (pruned.nodes.size > this.others.length / 3) this.lost(number)
  }

  tell(claim: Uint8Array, body: Uint8Array): void {
    if (this.ctx.buggify('rollup-tells-nobody')) return
    for (const { node } of this.others) {
      this.ctx.tell(ShardMessages, shardKey(node, this.shard), 'Batch', { claim, body })
    }
  }

  /** Asks who made it, or anybody; `done` is not called when nobody answers with it in time. */
  fetch(
    { number, hash }: Point,
    sequencer: number | undefined,
    done: Fetched,
    over: () => void,
  ): void {
    if (this.fetching.has(hash) || this.others.length === 0) return
    this.fetching.add(hash)
    const first = this.nodeOf(sequencer ?? -1)
    // Whoever does not answer is not asked twice in a row, as long as there are others.
    const able = this.others.filter(({ node }) => node !== this.silent)
    const among = able.length > 0 ? able : this.others
    const other = () => among[this.ctx.random(among.length)] as { node: string }
    const isMaker = first !== undefined && first !== this.silent && this.ctx.random(3) > 0
    const chosen = isMaker ? { node: first } : other()
    this.ctx.reached('shard-fetch')
    const send = (shard: number, isHeir: boolean) =>
      this.ctx.ask(
        ShardMessages,
        shardKey(chosen.node, shard),
        'Fetch',
        { number, hash },
        {
          within: ROLLUP_FETCH_MS,
          ok: ({ code, claim, body }) => {
            if (this.silent === chosen.node) this.silent = ''
            this.fetching.delete(hash)
            if (claim.length > 0) done(claim, body)
            over()
            // What an heir has deleted it says of its own batches.
            if (code === 'PRUNED' && !isHeir) this.isPruned(chosen.node, number, hash)
          },
          failed: ({ reason }) => {
            if (reason === 'no-such-actor' && this.heir !== undefined && !isHeir) {
              send(this.heir, true)
              return
            }
            this.silent = chosen.node
            this.fetching.delete(hash)
            over()
          },
        },
      )
    send(this.shard, false)
  }
}

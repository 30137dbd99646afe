// RollupAccess over the actors of nodes: reads from one of them at a time, as long as it answers;
// the sequencer's words to the node that is named.

import { RollupSequencerMessages } from '../../../actors/messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import { LONG_POLL_HOLD_MS, RPC_ASK_MS } from '../../../config/limits.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import type { Edge } from '../../../runtime/edge.ts'
import type { AskNames, Body, Reply, Verbs, Vocabulary } from '../../../runtime/messages.ts'
import { ShardCount } from '../../edge/shard-count.ts'
import { ChainUnavailable } from '../chain-access.ts'
import type { RollupAccess } from './rollup-access.ts'

export class NodeRollup implements RollupAccess {
  private readonly count: ShardCount
  private readonly edge: Edge
  private readonly names: readonly string[]
  private current = 0

  constructor(edge: Edge, names: readonly string[], shards: number) {
    this.edge = edge
    this.names = names
    this.count = new ShardCount(shards, () => this.head(0))
  }

  get shards(): number {
    return this.count.known
  }

  nodes(): readonly string[] {
    return [...this.names.slice(this.current), ...this.names.slice(0, this.current)]
  }

  shardOf = async (index: number) => shardOf(index, await this.count.now())

  /** Asks its shard; where that does not have it, once more when there are other shards now. */
  private async find<T>(index: number, ask: (shard: number) => Promise<T | undefined>) {
    const shard = await this.shardOf(index)
    const found = await ask(shard)
    if (found !== undefined) return found
    const now = shardOf(index, await this.count.now(true))
    return now === shard ? undefined : ask(now)
  }

  private async askOf<V extends Verbs, N extends AskNames<V>>(
    node: string,
    vocabulary: Vocabulary<V>,
    shard: number,
    verb: N,
    body: Body<V, N>,
    within = RPC_ASK_MS,
  ): Promise<Reply<V, N>> {
    try {
      return await this.edge.ask(vocabulary, shardKey(node, shard), verb, body, { within })
    } catch (error) {
      throw new ChainUnavailable((error as Error).message)
    }
  }

  private async ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    shard: number,
    verb: N,
    body: Body<V, N>,
  ): Promise<Reply<V, N>> {
    let last = new ChainUnavailable('no nodes are configured')
    for (let attempt = 0; attempt < this.names.length; attempt++) {
      const used = this.current
      try {
        return await this.askOf(this.names[used] as string, vocabulary, shard, verb, body)
      } catch (error) {
        last = error as ChainUnavailable
        // Many asks fail at once when a node goes down: only the first of them moves on.
        if (this.current === used) this.current = (used + 1) % this.names.length
      }
    }
    throw last
  }

  head = async (shard: number) => {
    const head = await this.ask(ShardMessages, shard, 'Head', null)
    this.count.known = head.shards
    return head
  }

  account = (index: number) =>
    this.find(index, (shard) => this.ask(ShardMessages, shard, 'Account', { index }))

  /** Of a shard that there was once any of the node's shards knows. */
  exitProof = async (shard: number, number: number, position: number) => {
    const asked = shard < (await this.count.now()) ? shard : 0
    return this.ask(ShardMessages, asked, 'ExitProof', { shard, number, position, near: false })
  }

  dispute = (shard: number) => this.ask(ShardMessages, shard, 'Dispute', null)

  parcel = (shard: number, number: number, destination: number) =>
    this.ask(ShardMessages, shard, 'Parcel', { number, destination })

  exitsOf = async (index: number) =>
    this.ask(ShardMessages, await this.shardOf(index), 'ExitsOf', { index, near: false })

  accountProof = (index: number, settled: boolean) =>
    this.find(index, (shard) => this.ask(ShardMessages, shard, 'AccountProof', { index, settled }))

  // A shard knows the accounts of its own inbox.
  indexOf: RollupAccess['indexOf'] = async (owner) => {
    await this.count.now()
    for (let shard = 0; shard < this.shards; shard++) {
      const index = await this.ask(ShardMessages, shard, 'IndexOf', { owner })
      if (index !== undefined) return index
    }
    return undefined
  }

  claimAt = (shard: number, number: number) => this.ask(ShardMessages, shard, 'ClaimAt', { number })

  findTransfer = async (from: number, nonce: number) =>
    this.ask(ShardMessages, await this.shardOf(from), 'FindTransfer', { from, nonce })

  lock = (index: number) =>
    this.find(index, (shard) => this.ask(ShardMessages, shard, 'Lock', { index }))

  findOperation: RollupAccess['findOperation'] = async (place) =>
    this.ask(ShardMessages, await this.shardOf(place.lock), 'FindOperation', place)

  operationAt = (shard: number, number: number, position: number) =>
    this.ask(ShardMessages, shard, 'OperationAt', { number, position })

  status = (shard: number) => this.ask(RollupSequencerMessages, shard, 'Status', null)

  submit: RollupAccess['submit'] = (node, shard, words) =>
    this.askOf(node, RollupSequencerMessages, shard, 'Submit', words)

  operate: RollupAccess['operate'] = (node, shard, words) => {
    const within = words.withinMs + RPC_ASK_MS
    return this.askOf(node, RollupSequencerMessages, shard, 'Operate', words, within)
  }

  next: RollupAccess['next'] = (node, shard, words) => {
    void this.count.now()
    // The sequencer answers an idle poll by itself, somewhat later than it holds it.
    const within = LONG_POLL_HOLD_MS * 1.5
    return this.askOf(node, RollupSequencerMessages, shard, 'Next', words, within)
  }

  cosign: RollupAccess['cosign'] = (node, shard, words) =>
    this.edge.tell(RollupSequencerMessages, shardKey(node, shard), 'Cosign', words)

  leave: RollupAccess['leave'] = (node, shard, group) =>
    this.edge.tell(RollupSequencerMessages, shardKey(node, shard), 'Leave', { group })
}

// The peers of a shard that catches up: who is asked next, who is left alone for a while, and who
// is not asked any more because it sent what is not so.

import {
  ROLLUP_SYNC_ASK_MS,
  ROLLUP_SYNC_PER_PEER,
  ROLLUP_SYNC_REST_MS,
} from '../../config/shard-limits.ts'
import type { Context } from '../../runtime/context.ts'
import type { AskNames, Body, Reply } from '../../runtime/messages.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { heirOf, type ShardProps } from './shard-props.ts'

type Verbs = (typeof ShardMessages)['verbs']

/** A peer that fails again and again rests for twice as long each time, up to 2^5 times. */
const RESTS_MAX = 5
/** What the shard that has a gone one's accounts now can still tell of it. */
const INHERITED: readonly string[] = ['Claims', 'Inputs']

interface Peer {
  open: number
  failures: number
  untilMs: number
  isLiar: boolean
}

export class SyncPeers {
  private readonly ctx: Context
  private readonly shard: number
  private readonly heir: number | undefined
  private readonly peers: ReadonlyMap<string, Peer>

  constructor(ctx: Context, props: ShardProps) {
    const { node: own, shard, peers } = props
    this.ctx = ctx
    this.shard = shard
    this.heir = heirOf(props)
    const others = peers.filter(({ node }) => node !== own)
    const fresh = () => ({ open: 0, failures: 0, untilMs: 0, isLiar: false })
    this.peers = new Map(others.map(({ node }) => [node, fresh()]))
  }

  get count(): number {
    return this.peers.size
  }

  get honest(): string[] {
    return [...this.peers].filter(([, { isLiar }]) => !isLiar).map(([node]) => node)
  }

  /** Whether nobody is left who has not lied. */
  get isAlone(): boolean {
    return this.honest.length === 0
  }

  /** One of those that may be asked now, of `among` where that is given. */
  choose(among?: ReadonlySet<string>): string | undefined {
    const now = this.ctx.now()
    const free: string[] = []
    for (const [node, { open, untilMs, isLiar }] of this.peers) {
      if (isLiar || untilMs > now || open >= ROLLUP_SYNC_PER_PEER) continue
      if (!among || among.has(node)) free.push(node)
    }
    return free[this.ctx.random(Math.max(1, free.length))]
  }

  /** `failed` is called, and the peer rests, when it does not answer or is busy. */
  ask<N extends AskNames<Verbs>>(
    node: string,
    verb: N,
    body: Body<Verbs, N>,
    ok: (reply: Reply<Verbs, N>) => void,
    failed: () => void,
  ): void {
    const peer = this.peers.get(node) as Peer
    peer.open++
    const fail = () => {
      peer.open--
      this.rest(peer)
      failed()
    }
    const send = (shard: number, isHeir: boolean) =>
      this.ctx.ask(ShardMessages, shardKey(node, shard), verb, body, {
        within: ROLLUP_SYNC_ASK_MS,
        ok: (reply) => {
          const { code = '' } = (reply as { code?: string } | undefined) ?? {}
          // What an heir has deleted it says of its own batches.
          if (code === 'BUSY' || (isHeir && code !== '')) {
            fail()
            return
          }
          peer.open--
          peer.failures = 0
          ok(reply)
        },
        failed: ({ reason }) => {
          const isGone = reason === 'no-such-actor' && INHERITED.includes(verb) && !isHeir
          if (isGone && this.heir !== undefined) send(this.heir, true)
          else fail()
        },
      })
    send(this.shard, false)
  }

  /** In the callback of `ask`: what it sent is not so. */
  lied(node: string, why: string): void {
    const peer = this.peers.get(node) as Peer
    peer.isLiar = true
    this.ctx.reached('shard-sync-liar')
    this.ctx.log('warn', 'a peer sent a wrong state and is not asked again', { node, why })
    this.ctx.blame(`rollup: ${why}`)
  }

  private rest(peer: Peer): void {
    peer.untilMs = this.ctx.now() + ROLLUP_SYNC_REST_MS * 2 ** Math.min(peer.failures, RESTS_MAX)
    peer.failures++
  }
}

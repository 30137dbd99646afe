// The subscriptions of one WebSocket: bounded in number, and silent until their id has been sent.

import { randomBytes } from 'node:crypto'
import { WS_SUBSCRIPTIONS_MAX } from '../../config/limits.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { ChainFollower } from './chain-follower.ts'
import { RpcError } from './errors.ts'
import type { PendingFeed } from './pending-feed.ts'

type Emit = (result: unknown) => void

/** Starts a subscription; the result stops it. */
export type Source = (
  feeds: { readonly follower: ChainFollower; readonly pending: PendingFeed },
  emit: Emit,
) => () => void

interface Subscription {
  stop: () => void
  /** What happened before the client knew the id. */
  held: unknown[] | undefined
}

export class SubscriptionDesk {
  private readonly feeds: { readonly follower: ChainFollower; readonly pending: PendingFeed }
  private readonly send: (text: string) => void
  private readonly subscriptions = new Map<string, Subscription>()

  constructor(feeds: SubscriptionDesk['feeds'], send: (text: string) => void) {
    this.feeds = feeds
    this.send = send
  }

  /** Throws RpcError LIMIT. */
  subscribe(source: Source): Hex {
    if (this.subscriptions.size >= WS_SUBSCRIPTIONS_MAX) {
      const text = `a connection has at most ${WS_SUBSCRIPTIONS_MAX} subscriptions`
      throw new RpcError('LIMIT', text)
    }
    const id = bytesToHex(randomBytes(16))
    const subscription: Subscription = { stop: () => {}, held: [] }
    // Known before its source starts: some speak at once.
    this.subscriptions.set(id, subscription)
    subscription.stop = source(this.feeds, (result) => {
      if (!this.subscriptions.has(id)) return
      if (subscription.held) subscription.held.push(result)
      else this.notify(id, result)
    })
    return id
  }

  unsubscribe(id: string): boolean {
    this.subscriptions.get(id)?.stop()
    return this.subscriptions.delete(id)
  }

  /** The answers so far are on their way: new subscriptions may speak. */
  answered(): void {
    for (const [id, subscription] of this.subscriptions) {
      const { held } = subscription
      subscription.held = undefined
      for (const result of held ?? []) this.notify(id, result)
    }
  }

  close(): void {
    for (const { stop } of this.subscriptions.values()) stop()
    this.subscriptions.clear()
  }

  private notify(subscription: string, result: unknown): void {
    const params = { subscription, result }
    this.send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params }))
  }
}

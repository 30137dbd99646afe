// Keeps one peer connected: dials, and dials again after a loss or a failure, waiting ever longer
// with chance in it, so that many processes that lost one another do not come back in step.

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import {
  TRUNK_DIAL_MS,
  TRUNK_PAIR_MS,
  TRUNK_RETRY_MS_MAX,
  TRUNK_RETRY_MS_MIN,
} from '../../config/limits.ts'
import type { Clock, Entropy, Lane } from '../../runtime/ports.ts'
import type { LaneStreams } from './trunk.ts'

export const PROTOCOLS: Readonly<Record<Lane, string>> = {
  control: '/aitbc/control/1',
  data: '/aitbc/data/1',
}

export interface DialerOptions {
  readonly node: Libp2p
  readonly peerId: string
  readonly clock: Clock
  readonly entropy: Entropy
  /** How long the peer must still be left alone. */
  quarantineMs(): number
  connected(connection: Connection, streams: LaneStreams): void
  failed(why: string, retryMs: number): void
}

export class Dialer {
  private readonly options: DialerOptions
  private address: string
  private failures = 0
  private connectedAt = 0
  private cancel: (() => void) | undefined
  private dialing: AbortController | undefined
  private stopped = false

  constructor(options: DialerOptions, address: string) {
    this.options = options
    this.address = address
  }

  /** Dials now. */
  start(): void {
    void this.dial()
  }

  /** The peer moved: from now on it is dialled there, and soon. */
  readdress(address: string): void {
    this.address = address
    this.failures = 0
    if (this.cancel) this.retry()
  }

  /** The connection that was made is lost. */
  lost(): void {
    const { clock } = this.options
    // One that does not last is no better than one that fails.
    const lasted = clock.now() - this.connectedAt > TRUNK_PAIR_MS
    this.failures = lasted ? 0 : this.failures + 1
    this.retry()
  }

  stop(): void {
    this.stopped = true
    this.cancel?.()
    this.dialing?.abort()
  }

  private retry(): number {
    const { clock, entropy, quarantineMs } = this.options
    this.cancel?.()
    const most = Math.min(TRUNK_RETRY_MS_MAX, TRUNK_RETRY_MS_MIN * 2 ** Math.min(this.failures, 20))
    const half = Math.ceil(most / 2)
    const ms = Math.max(half + entropy.random(half + 1), quarantineMs())
    if (!this.stopped) this.cancel = clock.after(ms, () => void this.dial())
    return ms
  }

  private async dial(): Promise<void> {
    this.cancel = undefined
    if (this.stopped || this.dialing) return
    const dialing = new AbortController()
    this.dialing = dialing
    const cancel = this.options.clock.after(TRUNK_DIAL_MS, () => dialing.abort())
    let connection: Connection | undefined
    try {
      const { node, peerId } = this.options
      const { signal } = dialing
      const target = multiaddr(this.address).encapsulate(`/p2p/${peerId}`)
      connection = await node.dial(target, { signal, force: true })
      const control: Stream = await connection.newStream(PROTOCOLS.control, { signal })
      const data: Stream = await connection.newStream(PROTOCOLS.data, { signal })
      if (this.stopped) throw new Error('stopped')
      this.connectedAt = this.options.clock.now()
      this.options.connected(connection, { control, data })
    } catch (error) {
      connection?.abort(error as Error)
      this.failures++
      if (!this.stopped) this.options.failed((error as Error).message, this.retry())
    } finally {
      cancel()
      this.dialing = undefined
    }
  }
}

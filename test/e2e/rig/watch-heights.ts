// The height of every node while a run goes on, asked a few times a second: for the display, for
// perturbations that wait for a height, and for whoever must never see a chain get shorter.

import { setTimeout as pause } from 'node:timers/promises'
import { quantity, Rpc } from '../../../apps/cli/chaos/rpc.ts'

const LOOK_MS = 250
const ASK_MS = 1500

export class HeightWatch {
  /** By node: what it showed last. */
  readonly heights = new Map<string, number>()
  /** By node: whether the last question was answered. */
  readonly answering = new Map<string, boolean>()
  readonly shortened: string[] = []
  looks = 0
  private readonly gateways: readonly (readonly [string, Rpc])[]
  private stopped = false
  private running: Promise<unknown> = Promise.resolve()

  constructor(gateways: ReadonlyMap<string, string>) {
    this.gateways = [...gateways].map(([name, url]) => [name, new Rpc(url, ASK_MS)])
  }

  get highest(): number {
    return Math.max(0, ...this.heights.values())
  }

  start(): void {
    this.running = Promise.all(this.gateways.map(([name, rpc]) => this.follow(name, rpc)))
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.running
  }

  private async follow(name: string, rpc: Rpc): Promise<void> {
    for (; !this.stopped; await pause(LOOK_MS)) {
      try {
        const height = quantity(await rpc.call('eth_blockNumber'))
        const before = this.heights.get(name) ?? 0
        if (height < before) this.shortened.push(`${name} was at ${before}, then at ${height}`)
        this.heights.set(name, height)
        this.answering.set(name, true)
        this.looks++
      } catch {
        this.answering.set(name, false)
      }
    }
  }

  /** Resolves true once `good` holds, false after `limitMs`. */
  async until(good: () => boolean, limitMs: number): Promise<boolean> {
    const deadline = Date.now() + limitMs
    while (!good()) {
      if (Date.now() > deadline || this.stopped) return false
      await pause(LOOK_MS / 2)
    }
    return true
  }
}

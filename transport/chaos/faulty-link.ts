// A link with the faults that it is given, set at run time: for cluster tests on one machine, where
// the network itself never fails. Healthy, it passes everything straight on.

import { LINK_BUFFER_BYTES_MAX } from '../../config/limits.ts'
import { concatBytes } from '../../lib/bytes.ts'
import type { Clock, Entropy, Lane } from '../../runtime/ports.ts'
import type { Carrier } from '../carrier.ts'
import { type Faults, HEALTHY, isHealthy } from './faults.ts'

export interface FaultyLinkOptions {
  readonly clock: Clock
  readonly entropy: Entropy
  /** False for frames that may not be lost: those by which the carried links come and go. */
  readonly mayLose?: (frame: Uint8Array) => boolean
}

interface Held {
  readonly frame: Uint8Array
  /** When it may pass. */
  at: number
}

const PARTS = 1_000_000

export class FaultyLink implements Carrier {
  private readonly link: Carrier
  private readonly options: FaultyLinkOptions
  private readonly held: Record<Lane, Held[]> = { control: [], data: [] }
  private current: Faults = HEALTHY
  private bytes = 0
  private up = true
  private refused = false
  private stopTimer = () => {}
  private drained = () => {}
  private down: (why: string) => void = () => {}
  /** Frames that were lost on purpose. */
  lost = 0

  constructor(link: Carrier, options: FaultyLinkOptions) {
    this.link = link
    this.options = options
    link.onDrain(() => this.pump())
    link.onDown((why) => {
      this.end()
      this.down(why)
    })
  }

  get isUp(): boolean {
    return this.up
  }

  get faults(): Faults {
    return this.current
  }

  /** From now on. What is held waits no longer than it would if it were sent now. */
  set faults(faults: Faults) {
    this.current = faults
    const latest = this.options.clock.now() + faults.delayMs + faults.jitterMs
    for (const frames of Object.values(this.held)) {
      for (const held of frames) held.at = Math.min(held.at, latest)
    }
    this.pump()
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    if (this.isOpen()) return this.noted(this.link.send(frame, lane))
    return this.hold(frame, lane)
  }

  sendWith(head: Uint8Array, frame: Uint8Array, lane: Lane): boolean {
    if (this.isOpen() && this.link.sendWith) {
      return this.noted(this.link.sendWith(head, frame, lane))
    }
    return this.send(concatBytes(head, frame), lane)
  }

  private isOpen(): boolean {
    return this.up && this.bytes === 0 && isHealthy(this.current)
  }

  private noted(taken: boolean): boolean {
    if (!taken) this.refused = true
    return taken
  }

  private hold(frame: Uint8Array, lane: Lane): boolean {
    if (!this.up) return false
    const { clock, entropy, mayLose } = this.options
    const { drop, delayMs, jitterMs } = this.current
    if (drop > 0 && entropy.random(PARTS) < drop * PARTS && (mayLose?.(frame) ?? true)) {
      this.lost++
      return true
    }
    if (this.bytes > 0 && this.bytes + frame.length > LINK_BUFFER_BYTES_MAX) {
      return this.noted(false)
    }
    const frames = this.held[lane]
    const jitter = jitterMs > 0 ? entropy.random(jitterMs + 1) : 0
    const at = Math.max(clock.now() + delayMs + jitter, frames.at(-1)?.at ?? 0)
    frames.push({ frame: frame.slice(), at })
    this.bytes += frame.length
    this.pump()
    return true
  }

  /** Passes on what is due, and looks again when the next frame is. */
  private pump(): void {
    this.stopTimer()
    if (this.current.block || !this.up) return
    const now = this.options.clock.now()
    let next = Infinity
    for (const lane of ['control', 'data'] as const) {
      const due = this.pass(lane, now)
      if (due !== undefined) next = Math.min(next, due)
    }
    if (next < Infinity) this.stopTimer = this.options.clock.after(next - now, () => this.pump())
    if (!this.refused || this.bytes > LINK_BUFFER_BYTES_MAX / 2) return
    this.refused = false
    this.drained()
  }

  /** When the lane's next frame is due; undefined when none waits, or it waits for room. */
  private pass(lane: Lane, now: number): number | undefined {
    const frames = this.held[lane]
    let passed = 0
    let due: number | undefined
    for (const { frame, at } of frames) {
      if (at > now) {
        due = at
        break
      }
      if (!this.link.send(frame, lane)) break
      this.bytes -= frame.length
      passed++
    }
    frames.splice(0, passed)
    return due
  }

  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void {
    this.link.onFrame(receive)
  }

  onDrain(drained: () => void): void {
    this.drained = drained
  }

  onDown(down: (why: string) => void): void {
    this.down = down
  }

  /** What is held is lost with the connection. */
  close(why?: string): void {
    this.end()
    this.link.close(why)
  }

  quarantine(why: string): void {
    this.end()
    if (this.link.quarantine) this.link.quarantine(why)
    else this.link.close(why)
  }

  private end(): void {
    this.up = false
    this.stopTimer()
    this.held.control = []
    this.held.data = []
    this.bytes = 0
  }
}

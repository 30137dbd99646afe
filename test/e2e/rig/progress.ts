// The live view of a run for people: one line that is written over and over on a terminal, now and
// then a line elsewhere, and what happens in between as it happens.

import type { RigNode } from './lab/rig-node.ts'
import type { HeightWatch } from './watch-heights.ts'

const TERMINAL_MS = 250
const LOG_MS = 5000

export interface ProgressSource {
  readonly nodes: readonly RigNode[]
  readonly watch: HeightWatch
  /** Faults that last, in words. */
  faults(): readonly string[]
  /** Of the load, such as "120 of 130 transfers final". */
  load(): string
}

export class Progress {
  private readonly startedAt = Date.now()
  private readonly live: boolean
  private readonly quiet: boolean
  private timer: NodeJS.Timeout | undefined
  private drawn = false

  constructor(quiet: boolean) {
    this.quiet = quiet
    this.live = process.stderr.isTTY === true
  }

  private get clock(): string {
    return `${((Date.now() - this.startedAt) / 1000).toFixed(1).padStart(6)} s`
  }

  private write(text: string): void {
    if (!this.quiet) process.stderr.write(text)
  }

  say(text: string): void {
    if (this.drawn) this.write('\r\u001b[K')
    this.drawn = false
    this.write(`${this.clock}  ${text}\n`)
  }

  follow(source: ProgressSource): void {
    this.timer = setInterval(() => this.draw(source), this.live ? TERMINAL_MS : LOG_MS)
    this.timer.unref()
  }

  private draw({ nodes, watch, faults, load }: ProgressSource): void {
    const heights = nodes.map(({ name, state }) => {
      const height = watch.heights.get(name)
      return `${name} ${state === 'up' ? (height ?? '-') : `${state} (${height ?? '-'})`}`
    })
    const done = faults()
    const doing = done.length === 0 ? '' : `  [${done.join('; ')}]`
    const line = `${heights.join('  ')}  ${load()}${doing}`
    if (!this.live) {
      this.say(line)
      return
    }
    const width = Math.max(40, (process.stderr.columns ?? 80) - 12)
    this.write(`\r\u001b[K${this.clock}  ${line.slice(0, width)}`)
    this.drawn = true
  }

  stop(): void {
    clearInterval(this.timer)
    if (this.drawn) this.write('\r\u001b[K')
    this.drawn = false
  }
}

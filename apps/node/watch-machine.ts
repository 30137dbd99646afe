// Warns while there is time: a disk that is nearly full, a thread whose event loop is late. Looked
// at by the main thread every ten seconds, said when it begins and again from time to time.

import {
  DISK_WARN_FACTOR,
  LOOP_LAG_WARN_MS,
  MACHINE_AGAIN_MS,
  MACHINE_LOOK_MS,
} from '../../config/limits.ts'
import { diskRoom } from './admin/disk-room.ts'

export interface WatchedThread {
  readonly host: string
  readonly agent: { loopLagMs(): Promise<number> }
}

export interface MachineWatchOptions {
  readonly dataDirectory: string
  readonly diskFreeMin: number | undefined
  readonly threads: () => readonly WatchedThread[]
  readonly warn: (event: string, fields: Record<string, unknown>) => void
}

export class MachineWatch {
  private readonly options: MachineWatchOptions
  private readonly saidAt = new Map<string, number>()
  private timer: NodeJS.Timeout | undefined

  constructor(options: MachineWatchOptions) {
    this.options = options
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), MACHINE_LOOK_MS)
    this.timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
  }

  /** One look. Never rejects: whoever does not answer is seen by others (/health/ready). */
  async look(): Promise<void> {
    await Promise.allSettled([this.disk(), ...this.options.threads().map((one) => this.loop(one))])
  }

  private async disk(): Promise<void> {
    const { dataDirectory, diskFreeMin } = this.options
    const { free, wanted } = await diskRoom(dataDirectory, diskFreeMin)
    this.when('disk nearly full', free < DISK_WARN_FACTOR * wanted, {
      folder: dataDirectory,
      freeBytes: free,
      notReadyBelowBytes: wanted,
    })
  }

  private async loop({ host, agent }: WatchedThread): Promise<void> {
    const lagMs = Math.round(await agent.loopLagMs())
    this.when(`event loop late ${host}`, lagMs >= LOOP_LAG_WARN_MS, { thread: host, lagMs })
  }

  /** Says what begins, and what goes on for long; forgets what is over. */
  private when(what: string, holds: boolean, fields: Record<string, unknown>): void {
    const now = performance.now()
    if (!holds) this.saidAt.delete(what)
    else if (now - (this.saidAt.get(what) ?? Number.NEGATIVE_INFINITY) >= MACHINE_AGAIN_MS) {
      this.saidAt.set(what, now)
      this.options.warn(what.split(' ').slice(0, 3).join(' '), fields)
    }
  }
}

// One validator as an operating system process in its namespace: started, stopped and started again
// as a service manager would. An end that nobody asked for is remembered.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { packageRoot } from '../../../../lib/package-root.ts'
import { fakeTime } from './fake-time.ts'
import type { Doors } from './network-lab.ts'

export interface RigNodeOptions {
  readonly name: string
  readonly topologyFile: string
  readonly dataDirectory: string
  readonly logFile: string
  readonly mode: string
  readonly doors: Doors
}

export interface UnexpectedEnd {
  readonly node: string
  readonly how: string
  /** A fault that may end a process was in force. */
  readonly excused: boolean
}

const RESTART_MS = 1000
const POLL_MS = 100
const ASK_MS = 2000

export class RigNode {
  readonly name: string
  readonly doors: Doors
  readonly dataDirectory: string
  readonly ends: UnexpectedEnd[] = []
  /** What was done to it: for people. */
  state: 'down' | 'starting' | 'up' | 'paused' = 'down'
  /** An end of the process is no surprise now. */
  mayEnd = false
  private readonly options: RigNodeOptions
  private child: ChildProcess | undefined
  private wanted = false
  private offsetMs = 0

  constructor(options: RigNodeOptions) {
    this.options = options
    this.name = options.name
    this.doors = options.doors
    this.dataDirectory = options.dataDirectory
  }

  /** 0 while it is down. */
  get pid(): number {
    return this.child?.pid ?? 0
  }

  private command(): string[] {
    const { name, topologyFile, dataDirectory } = this.options
    const aitbc = [join(packageRoot(), 'aitbc'), 'node', '--topology', topologyFile]
    const own = ['--name', name, '--data', dataDirectory]
    return [`--net=/run/netns/${name}`, ...aitbc, ...own]
  }

  /** Its clock is off by `offsetMs` from now on. */
  start(offsetMs = 0): void {
    this.wanted = true
    this.offsetMs = offsetMs
    this.launch()
  }

  private launch(): void {
    mkdirSync(dirname(this.options.logFile), { recursive: true })
    mkdirSync(this.options.dataDirectory, { recursive: true })
    const log = openSync(this.options.logFile, 'a')
    const child = spawn('nsenter', this.command(), {
      stdio: ['ignore', log, log],
      detached: true,
      env: {
        ...process.env,
        ...fakeTime(this.offsetMs),
        NO_COLOR: '1',
        AITBC_CONSENSUS_MODE: this.options.mode,
      },
    })
    closeSync(log)
    this.child = child
    this.state = 'starting'
    child.once('error', () => this.ended(child, 'it could not be started'))
    child.once('exit', (code, signal) => this.ended(child, signal ?? `status ${code}`))
    void this.becomesReady(child)
  }

  private async becomesReady(child: ChildProcess): Promise<void> {
    while (this.child === child) {
      if (await this.answers()) {
        if (this.child === child && this.state === 'starting') this.state = 'up'
        return
      }
      await pause(POLL_MS)
    }
  }

  private async answers(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(ASK_MS)
      return (await fetch(`${this.doors.admin}/health/live`, { signal })).ok
    } catch {
      return false
    }
  }

  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return
    this.child = undefined
    this.state = 'down'
    if (!this.wanted) return
    this.ends.push({ node: this.name, how, excused: this.mayEnd })
    setTimeout(() => {
      if (this.wanted && !this.child) this.launch()
    }, RESTART_MS).unref()
  }

  /** Returns when the process has ended, or was killed because it did not within the limit. */
  async stop(signal: 'SIGTERM' | 'SIGKILL', limitMs = 20_000): Promise<void> {
    this.wanted = false
    const child = this.child
    if (!child) return
    const gone = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    await gone
    clearTimeout(timer)
    this.child = undefined
    this.state = 'down'
  }

  freeze(): void {
    this.child?.kill('SIGSTOP')
    this.state = 'paused'
  }

  thaw(): void {
    this.child?.kill('SIGCONT')
    this.state = 'up'
  }
}

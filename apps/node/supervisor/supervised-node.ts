// One node process under supervision: started, started again with a back-off when it dies, kept
// down while its hold file says so, stopped in time.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  NODE_RESTART_MS_MAX,
  NODE_RESTART_MS_MIN,
  NODE_RESTARTS_MAX,
  NODE_STEADY_MS,
  NODE_STOP_MS,
} from '../../../config/limits.ts'
import { packageRoot } from '../../../lib/package-root.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import { heldUntil } from './hold.ts'
import type { BeginNode, FromNode, ToNode } from './node-messages.ts'

const HOLD_POLL_MS = 200

export interface NodeEvents {
  message(message: FromNode): void
  /** It ended by itself; `again` says whether and when it will be back. */
  died(how: string, again: string): void
  /** It runs again, with a new process id. */
  restarted(): void
}

/**
 * Threads of the engine that help to collect and compile. PERF: its own choice is four, also on two
 * cores; waiting for each other they took a quarter of a rollup validator's processor time.
 */
const HELPERS = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))

/**
 * The engine collects the old generation when it is so much larger than after the last time, in
 * per cent. PERF: bodies and traces of batches are buffers outside of a heap of 30 MB, and by its
 * own choice the engine marked that heap again for every 24 MB of them, three times a second and
 * thread, a quarter of a rollup validator's processor time (decision 0238).
 */
const GROWTH_PERCENT = 100

export class SupervisedNode {
  readonly name: string
  private readonly begin: BeginNode
  private readonly events: NodeEvents
  private child: ChildProcess | undefined
  private failures = 0
  private startedAt = 0
  private timer: NodeJS.Timeout | undefined
  private stopping = false

  constructor(begin: BeginNode, events: NodeEvents) {
    this.name = begin.node
    this.begin = begin
    this.events = events
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.child?.pid
  }

  start(): void {
    const { dataDirectory } = this.begin
    const entry = fileURLToPath(runningFile(import.meta.url, './node-child'))
    mkdirSync(join(dataDirectory, 'logs'), { recursive: true })
    // What a crash prints; everything else goes to the node's log.
    const output = openSync(join(dataDirectory, 'logs', `${this.name}.out`), 'a')
    const preload = entry.endsWith('.ts')
      ? import.meta.resolve('tsx')
      : pathToFileURL(join(packageRoot(), 'lib', 'mapped-stacks.mjs')).href
    const engine = [`--v8-pool-size=${HELPERS}`, `--heap-growing-percent=${GROWTH_PERCENT}`]
    const flags = ['--import', preload, ...engine]
    const child = spawn(process.execPath, [...flags, entry, this.name], {
      stdio: ['ignore', output, output, 'ipc'],
      serialization: 'advanced',
    })
    closeSync(output)
    this.child = child
    this.startedAt = performance.now()
    child.on('message', (message: FromNode) => this.events.message(message))
    child.once('error', (error) => this.exited(child, error.message))
    child.once('exit', (status, signal) => this.exited(child, signal ?? `status ${status}`))
    this.send(this.begin)
  }

  send(message: ToNode): void {
    if (this.child?.connected) this.child.send(message, () => {})
  }

  private exited(child: ChildProcess, how: string): void {
    if (this.child !== child) return
    this.child = undefined
    if (this.stopping) return
    if (performance.now() - this.startedAt > NODE_STEADY_MS) this.failures = 0
    this.failures++
    if (this.failures > NODE_RESTARTS_MAX) {
      this.events.died(how, `it died ${this.failures} times in a row and stays down`)
      return
    }
    const back = Math.min(NODE_RESTART_MS_MAX, NODE_RESTART_MS_MIN * 2 ** (this.failures - 1))
    const held = heldUntil(this.begin.dataDirectory, this.name) - Date.now()
    const again = held > 0 ? `kept down for ${Math.ceil(held / 1000)} s` : `again in ${back} ms`
    this.events.died(how, again)
    this.timer = setTimeout(() => this.restart(), back)
  }

  private restart(): void {
    if (this.stopping) return
    if (heldUntil(this.begin.dataDirectory, this.name) > Date.now()) {
      this.timer = setTimeout(() => this.restart(), HOLD_POLL_MS)
      return
    }
    this.start()
    this.events.restarted()
  }

  /** Resolves when it has ended; after NODE_STOP_MS it is killed. */
  async stop(): Promise<void> {
    this.stopping = true
    clearTimeout(this.timer)
    const { child } = this
    if (!child) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    this.send({ type: 'stop' })
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), NODE_STOP_MS)
    await gone
    clearTimeout(late)
  }
}

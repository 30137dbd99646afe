// One loaded model as a child process, seen from the provider: start, run with chunks, cancel, and
// a clear end for everything in flight when the child dies.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { RUNNER_MEMORY_MIB } from '../../config/limits.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { RunResult } from './runner.ts'
import type { FromRunner, ToRunner } from './runner-messages.ts'

export interface RunOutcome {
  chunk(text: string): void
  done(result: RunResult): void
  failed(code: string, message: string): void
}

const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const START_LIMIT_MS = 60_000

export class RunnerProcess {
  readonly modelId: string
  /** Resolves when the model has passed its self-test; rejects when it never will. */
  readonly ready: Promise<{ unitsPerSecond: number; loadMs: number }>
  private readonly child: ChildProcess
  private readonly running = new Map<number, RunOutcome>()
  private nextId = 1
  alive = true

  constructor(modelId: string) {
    this.modelId = modelId
    const file = fileURLToPath(new URL(`./runner-child${ENDING}`, import.meta.url))
    const { PATH, HOME, XDG_CACHE_HOME } = process.env
    this.child = fork(file, [modelId], {
      // Only what finding the files needs: no secrets of ours in a process with foreign weights.
      env: { PATH, HOME, ORT_DISABLE_TELEMETRY: '1', ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }) },
      execArgv: [
        `--max-old-space-size=${RUNNER_MEMORY_MIB}`,
        ...(ENDING === '.ts' ? ['--import', 'tsx'] : []),
      ],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    })
    this.ready = this.started()
    this.child.once('exit', (code, signal) => this.ended(`ended with ${signal ?? code}`))
    this.child.once('error', (error) => this.ended(error.message))
  }

  private started(): Promise<{ unitsPerSecond: number; loadMs: number }> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.kill()
        reject(new Error(`${this.modelId}: not loaded after ${START_LIMIT_MS / 1000} s`))
      }, START_LIMIT_MS)
      this.child.on('message', (message: FromRunner) => {
        if (message.type === 'ready') resolve(message)
        else if (message.type === 'unusable') reject(new Error(message.message))
        else this.heard(message)
        clearTimeout(late)
      })
      this.child.once('exit', () => {
        clearTimeout(late)
        reject(new Error(`${this.modelId}: its process ended before it was ready`))
      })
    })
  }

  private heard(message: Exclude<FromRunner, { type: 'ready' } | { type: 'unusable' }>): void {
    const outcome = this.running.get(message.id)
    if (!outcome) return
    if (message.type === 'chunk') {
      outcome.chunk(message.text)
      return
    }
    this.running.delete(message.id)
    if (message.type === 'done') outcome.done(message.result)
    else outcome.failed(message.code, message.message)
  }

  private ended(why: string): void {
    this.alive = false
    for (const outcome of this.running.values()) {
      outcome.failed('MODEL_CRASHED', `the process of ${this.modelId} ${why}`)
    }
    this.running.clear()
  }

  /** Returns the id to cancel with. */
  run(request: JobRequest, unitsMax: number, outcome: RunOutcome): number {
    const id = this.nextId++
    if (!this.alive) {
      outcome.failed('MODEL_CRASHED', `the process of ${this.modelId} is gone`)
      return id
    }
    this.running.set(id, outcome)
    this.say({ type: 'run', id, request, unitsMax })
    return id
  }

  /** The run then ends with what it has, marked as cancelled. */
  cancel(id: number): void {
    if (this.alive) this.say({ type: 'cancel', id })
  }

  private say(message: ToRunner): void {
    this.child.send(message, (error) => {
      if (error) this.ended(error.message)
    })
  }

  kill(): void {
    this.alive = false
    this.child.kill('SIGKILL')
  }
}

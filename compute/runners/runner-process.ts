// One loaded model as a child process, seen from the provider: start, run with chunks, cancel, and
// a clear end for everything in flight when the child dies.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { MODEL_CANCEL_MS, MODEL_START_MS, RUNNER_MEMORY_MIB } from '../../config/limits.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { loadManifest, type Manifest } from '../models/manifest.ts'
import { cachedFiles } from '../models/model-cache.ts'
import { RunError, type RunResult } from './runner.ts'
import type { FromRunner, ToRunner } from './runner-messages.ts'

export interface RunOutcome {
  chunk(text: string): void
  done(result: RunResult): void
  /** Codes of RunError, CANCELLED before it began, MODEL_FAILED, MODEL_CRASHED. */
  failed(code: string, message: string): void
}

export interface Ready {
  /** Measured by the self-test. */
  readonly unitsPerSecond: number
  readonly loadMs: number
}

interface Running {
  readonly outcome: RunOutcome
  grace?: NodeJS.Timeout
}

/** A manifest and the paths of its files by name. */
export interface ModelOnDisk {
  readonly manifest: Manifest
  readonly files: Record<string, string>
}

function onDisk(modelId: string): ModelOnDisk {
  const manifest = loadManifest(modelId)
  return { manifest, files: cachedFiles(manifest) }
}

const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

function forkChild(modelId: string): ChildProcess {
  const file = fileURLToPath(new URL(`./runner-child${ENDING}`, import.meta.url))
  const { PATH, HOME, TMPDIR } = process.env
  return fork(file, [modelId], {
    // No secrets of ours in a process with foreign weights; and ONNX Runtime, which since 1.29
    // reports what it runs to its maker, must be told not to before it is loaded.
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ORT_DISABLE_TELEMETRY: '1' },
    execArgv: [
      `--max-old-space-size=${RUNNER_MEMORY_MIB}`,
      ...(ENDING === '.ts' ? ['--import', 'tsx'] : []),
    ],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'json',
  })
}

export class RunnerProcess {
  readonly modelId: string
  /** Resolves when the model has passed its self-test; rejects with RunError if it never will. */
  readonly ready: Promise<Ready>
  private readonly child: ChildProcess
  private readonly runs = new Map<number, Running>()
  private nextId = 1
  alive = true

  /**
   * An id stands for the manifest of that name and its files in the cache; throws if one is
   * missing. `testing` is called once the model is loaded.
   */
  constructor(model: string | ModelOnDisk, testing: () => void = () => {}) {
    const { manifest, files } = typeof model === 'string' ? onDisk(model) : model
    this.modelId = manifest.id
    this.child = forkChild(manifest.id)
    this.ready = this.started(testing)
    this.ready.catch(() => {})
    this.child.once('exit', (code, signal) => this.ended(`ended with ${signal ?? code}`))
    this.child.once('error', (error) => this.ended(error.message))
    this.say({ type: 'load', manifest, files })
  }

  /** Of the child process; for tests that kill it. */
  get pid(): number | undefined {
    return this.child.pid
  }

  get busy(): boolean {
    return this.runs.size > 0
  }

  private started(testing: () => void): Promise<Ready> {
    return new Promise((resolve, reject) => {
      let loadMs = 0
      const refuse = (code: string, message: string) => {
        clearTimeout(late)
        reject(new RunError(code, `${this.modelId}: ${message}`))
      }
      const late = setTimeout(() => {
        this.kill()
        refuse('MODEL_FAILED', `not loaded and tested after ${MODEL_START_MS / 1000} s`)
      }, MODEL_START_MS)
      this.child.on('message', (message: FromRunner) => {
        if (message.type === 'testing') {
          loadMs = message.loadMs
          testing()
        } else if (message.type === 'ready') {
          clearTimeout(late)
          resolve({ unitsPerSecond: message.unitsPerSecond, loadMs })
        } else if (message.type === 'unusable') {
          this.alive = false
          refuse(message.code, message.message)
        } else this.heard(message)
      })
      this.child.once('exit', (code, signal) => {
        refuse('MODEL_CRASHED', `its process ended with ${signal ?? code} before it was ready`)
      })
    })
  }

  private heard(message: Extract<FromRunner, { id: number }>): void {
    const run = this.runs.get(message.id)
    if (!run) return
    if (message.type === 'chunk') {
      run.outcome.chunk(message.text)
      return
    }
    clearTimeout(run.grace)
    this.runs.delete(message.id)
    if (message.type === 'done') run.outcome.done(message.result)
    else run.outcome.failed(message.code, message.message)
  }

  private ended(why: string): void {
    this.alive = false
    const runs = [...this.runs.values()]
    this.runs.clear()
    for (const { outcome, grace } of runs) {
      clearTimeout(grace)
      outcome.failed('MODEL_CRASHED', `the process of ${this.modelId} ${why}`)
    }
  }

  /** Returns the id to cancel with. Runs wait for each other in the child. */
  run(request: JobRequest, unitsMax: number, outcome: RunOutcome): number {
    const id = this.nextId++
    if (!this.alive) {
      outcome.failed('MODEL_CRASHED', `the process of ${this.modelId} is gone`)
      return id
    }
    this.runs.set(id, { outcome })
    this.say({ type: 'run', id, request, unitsMax })
    return id
  }

  /**
   * The run ends at its next token with what it has, marked as cancelled. A child that does not
   * react is killed.
   */
  cancel(id: number): void {
    const run = this.runs.get(id)
    if (!run || run.grace || !this.alive) return
    run.grace = setTimeout(() => this.kill(), MODEL_CANCEL_MS)
    this.say({ type: 'cancel', id })
  }

  private say(message: ToRunner): void {
    this.child.send(message, (error) => {
      if (error) this.ended(error.message)
    })
  }

  /** Runs in flight fail with MODEL_CRASHED. */
  kill(): void {
    this.alive = false
    this.child.kill('SIGKILL')
  }
}

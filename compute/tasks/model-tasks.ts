// The tasks of a provider: load, run and stop models, each in a child process of its own that is
// started when first needed, again when it has died, and ended when nobody has used it for long.

import { MODEL_IDLE_MS } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import { loadManifest, type Manifest, modelRoot } from '../models/manifest.ts'
import { checkedFiles, isCached } from '../models/model-cache.ts'
import { RunError } from '../runners/runner.ts'
import { type ModelOnDisk, RunnerProcess } from '../runners/runner-process.ts'

type On = Parameters<TaskRunner['start']>[2]

interface Loaded {
  readonly manifest: Manifest
  readonly process: RunnerProcess
  idle?: NodeJS.Timeout
}

interface Run {
  stopped: boolean
  stop: () => void
}

export interface ModelTasksOptions {
  /** The manifest of an id and its checked files; rejects with RunError saying why not. */
  readonly find?: (modelId: string) => Promise<ModelOnDisk>
  readonly idleMs?: number
}

async function findInCache(modelId: string): Promise<ModelOnDisk> {
  const manifest = loadManifest(modelId)
  if (!isCached(manifest)) {
    throw new RunError('MODEL_MISSING', `not on this machine; run ./aitbc models pull ${modelId}`)
  }
  try {
    return { manifest, files: await checkedFiles(manifest) }
  } catch (error) {
    throw new RunError('MODEL_MISSING', (error as Error).message)
  }
}

export class ModelTasks implements TaskRunner {
  private readonly find: (modelId: string) => Promise<ModelOnDisk>
  private readonly idleMs: number
  private readonly models = new Map<string, Promise<Loaded>>()
  private readonly runs = new Map<string, Run>()
  /** Of the models as they were offered. */
  private readonly roots = new Map<string, Hex>()
  private stopped = false

  constructor({ find = findInCache, idleMs = MODEL_IDLE_MS }: ModelTasksOptions = {}) {
    this.find = find
    this.idleMs = idleMs
  }

  start(name: string, input: unknown, on: On): () => void {
    let open = true
    const guarded: On = {
      chunk: (chunk) => open && on.chunk(chunk),
      ok: (out) => open && on.ok(out),
      failed: (reason, detail) => open && on.failed(reason, detail),
    }
    this.dispatch(name, input, guarded).catch((error: Error) => {
      const code = error instanceof RunError ? error.code : 'MODEL_FAILED'
      guarded.failed('failed', `${code}: ${error.message}`)
    })
    return () => {
      open = false
      if (name === 'run-model') this.stopRun((input as RunInput).runId)
    }
  }

  private async dispatch(name: string, input: unknown, on: On): Promise<void> {
    if (name === 'load-model') await this.load((input as { modelId: string }).modelId, on)
    else if (name === 'run-model') await this.run(input as RunInput, on)
    else if (name === 'stop-run') {
      this.stopRun((input as { runId: string }).runId)
      on.ok(null)
    } else on.failed('rejected', `no task is called ${name} here`)
  }

  /** The model's process: the one there is, or a new one. */
  private async loaded(modelId: string, testing: () => void = () => {}): Promise<Loaded> {
    const known = this.models.get(modelId)
    const loaded = await known?.catch(() => undefined)
    if (loaded?.process.alive) return loaded
    // Another caller may have started it while we waited.
    const current = this.models.get(modelId)
    if (current && current !== known) return current
    const starting = this.find(modelId).then((model) => {
      if (this.stopped) throw new RunError('MODEL_FAILED', 'this provider is stopping')
      return { manifest: model.manifest, process: new RunnerProcess(model, testing) }
    })
    this.models.set(modelId, starting)
    return starting
  }

  private async load(modelId: string, on: On): Promise<void> {
    on.chunk('loading')
    const loaded = await this.loaded(modelId, () => on.chunk('testing'))
    const { unitsPerSecond, loadMs } = await loaded.process.ready
    const { manifest } = loaded
    const root = modelRoot(manifest)
    this.roots.set(modelId, root)
    this.rest(loaded)
    on.ok({
      modelId,
      modelRoot: root,
      engine: manifest.engine,
      device: 'cpu',
      quantization: manifest.quantization,
      tokenizerHash: `0x${manifest.tokenizer_sha256}`,
      unit: manifest.unit,
      unitPriceWei: BigInt(manifest.unit_price_wei),
      unitsPerSecond,
      loadMs,
    })
  }

  /** A stop may come at any time, also before the model is there. */
  private async run({ runId, modelId, request, unitsMax }: RunInput, on: On): Promise<void> {
    const run: Run = { stopped: false, stop: () => {} }
    this.runs.set(runId, run)
    let loaded: Loaded | undefined
    try {
      loaded = await this.loadedAgain(modelId, on)
      if (run.stopped) throw new RunError('CANCELLED', 'cancelled before it began')
      await this.finished(loaded.process, JSON.parse(request) as JobRequest, unitsMax, run, on)
    } finally {
      if (this.runs.get(runId) === run) this.runs.delete(runId)
      if (loaded) this.rest(loaded)
    }
  }

  /** The very model that was offered. Whatever keeps it away is this provider's fault. */
  private async loadedAgain(modelId: string, on: On): Promise<Loaded> {
    try {
      const known = await this.models.get(modelId)?.catch(() => undefined)
      const isFresh = !known?.process.alive
      if (isFresh) on.chunk({ loading: true })
      const loaded = await this.loaded(modelId)
      await loaded.process.ready
      if (isFresh) on.chunk({ loading: false })
      if (this.roots.get(modelId) === modelRoot(loaded.manifest)) return loaded
    } catch (error) {
      throw new RunError('MODEL_CRASHED', (error as Error).message)
    }
    throw new RunError('MODEL_CRASHED', `the manifest of ${modelId} is not the one offered`)
  }

  private finished(
    process: RunnerProcess,
    request: JobRequest,
    unitsMax: number,
    run: Run,
    on: On,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = process.run(request, unitsMax, {
        chunk: (text) => on.chunk(text),
        done: (result) => {
          on.ok(result)
          resolve()
        },
        failed: (code, message) => reject(new RunError(code, message)),
      })
      run.stop = () => process.cancel(id)
    })
  }

  private stopRun(runId: string): void {
    const run = this.runs.get(runId)
    if (!run) return
    run.stopped = true
    run.stop()
  }

  /** Unloads the model if nobody uses it for a while. */
  private rest(loaded: Loaded): void {
    clearTimeout(loaded.idle)
    loaded.idle = setTimeout(() => {
      if (!loaded.process.busy) loaded.process.kill()
    }, this.idleMs)
    loaded.idle.unref()
  }

  /** Ends all child processes. */
  stop(): void {
    this.stopped = true
    for (const model of this.models.values()) {
      model.then(
        ({ process, idle }) => {
          clearTimeout(idle)
          process.kill()
        },
        () => {},
      )
    }
  }
}

interface RunInput {
  readonly runId: string
  readonly modelId: string
  readonly request: string
  readonly unitsMax: number
}

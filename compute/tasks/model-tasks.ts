// The tasks of a provider: load, run and stop models, each in a child process of its own that is
// started when first needed and again when it has died.

import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import { loadManifest, type Manifest, modelRoot } from '../models/manifest.ts'
import { cachedFiles } from '../models/model-cache.ts'
import { RunnerProcess } from '../runners/runner-process.ts'

type On = Parameters<TaskRunner['start']>[2]

export class ModelTasks implements TaskRunner {
  private readonly processes = new Map<string, RunnerProcess>()
  private readonly runs = new Map<string, { process: RunnerProcess; id: number }>()

  start(name: string, input: unknown, on: On): () => void {
    let open = true
    const guarded: On = {
      chunk: (chunk) => open && on.chunk(chunk),
      ok: (out) => open && on.ok(out),
      failed: (reason, detail) => open && on.failed(reason, detail),
    }
    const runId = (input as { runId?: string }).runId
    this.dispatch(name, input, guarded).catch((error: Error) =>
      guarded.failed('failed', error.message),
    )
    return () => {
      open = false
      if (name === 'run-model' && runId) this.stopRun(runId)
    }
  }

  private async dispatch(name: string, input: unknown, on: On): Promise<void> {
    if (name === 'load-model') {
      on.ok(await this.load((input as { modelId: string }).modelId))
    } else if (name === 'run-model') await this.run(input as RunInput, on)
    else if (name === 'stop-run') {
      this.stopRun((input as { runId: string }).runId)
      on.ok(null)
    } else on.failed('rejected', `no task is called ${name} here`)
  }

  private process(manifest: Manifest): RunnerProcess {
    const known = this.processes.get(manifest.id)
    if (known?.alive) return known
    const process = new RunnerProcess(manifest.id)
    this.processes.set(manifest.id, process)
    return process
  }

  private async load(modelId: string) {
    const manifest = loadManifest(modelId)
    cachedFiles(manifest)
    const { unitsPerSecond, loadMs } = await this.process(manifest).ready
    return {
      modelId,
      modelRoot: modelRoot(manifest),
      engine: manifest.engine,
      device: 'cpu',
      quantization: manifest.quantization,
      tokenizerHash: `0x${manifest.tokenizer_sha256}`,
      unit: manifest.unit,
      unitPriceWei: BigInt(manifest.unit_price_wei),
      unitsPerSecond,
      loadMs,
    }
  }

  private async run({ runId, modelId, request, unitsMax }: RunInput, on: On): Promise<void> {
    const process = this.process(loadManifest(modelId))
    await process.ready
    const id = process.run(JSON.parse(request) as JobRequest, unitsMax, {
      chunk: (text) => on.chunk(text),
      done: (result) => {
        this.runs.delete(runId)
        on.ok(result)
      },
      failed: (code, message) => {
        this.runs.delete(runId)
        on.failed('failed', `${code}: ${message}`)
      },
    })
    this.runs.set(runId, { process, id })
  }

  private stopRun(runId: string): void {
    const run = this.runs.get(runId)
    run?.process.cancel(run.id)
  }

  /** Ends all child processes. */
  stop(): void {
    for (const process of this.processes.values()) process.kill()
  }
}

interface RunInput {
  readonly runId: string
  readonly modelId: string
  readonly request: string
  readonly unitsMax: number
}

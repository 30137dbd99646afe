// The child process of one loaded model: loads, self-tests, then runs one request at a time. It
// dies with its parent, and whatever it does, the chain's process is not touched.

import { loadManifest } from '../models/manifest.ts'
import { cachedFiles } from '../models/model-cache.ts'
import { loadRunner } from './load-runner.ts'
import { RunError, type Runner } from './runner.ts'
import type { FromRunner, ToRunner } from './runner-messages.ts'
import { selfTest } from './self-test.ts'

const say = (message: FromRunner) => process.send?.(message)

const aborts = new Map<number, AbortController>()
let queue: Promise<void> = Promise.resolve()

async function run(runner: Runner, message: Extract<ToRunner, { type: 'run' }>): Promise<void> {
  const { id, request, unitsMax } = message
  const abort = aborts.get(id) as AbortController
  try {
    const result = await runner.run(request, {
      unitsMax,
      signal: abort.signal,
      onChunk: (text) => say({ type: 'chunk', id, text }),
    })
    say({ type: 'done', id, result })
  } catch (error) {
    const code = error instanceof RunError ? error.code : 'MODEL_FAILED'
    say({ type: 'failed', id, code, message: (error as Error).message })
  } finally {
    aborts.delete(id)
  }
}

async function start(): Promise<void> {
  const startedAt = performance.now()
  const manifest = loadManifest(process.argv[2] ?? '')
  const runner = await loadRunner(manifest, cachedFiles(manifest))
  const loadMs = Math.round(performance.now() - startedAt)
  const unitsPerSecond = await selfTest(manifest, runner)
  process.on('message', (message: ToRunner) => {
    if (message.type === 'cancel') {
      aborts.get(message.id)?.abort()
      return
    }
    aborts.set(message.id, new AbortController())
    queue = queue.then(() => run(runner, message))
  })
  say({ type: 'ready', unitsPerSecond, loadMs })
}

process.on('disconnect', () => process.exit(0))
start().catch((error: Error) => {
  say({ type: 'unusable', message: error.message })
  process.exitCode = 1
  process.disconnect?.()
})

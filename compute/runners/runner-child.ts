// The child process of one loaded model: loads, self-tests, then runs one request at a time. It
// dies with its parent, and whatever it does, the chain's process is not touched.

import { loadRunner } from './load-runner.ts'
import { RunError, type Runner } from './runner.ts'
import type { FromRunner, ToRunner } from './runner-messages.ts'
import { selfTest } from './self-test.ts'

type RunMessage = Extract<ToRunner, { type: 'run' }>

const waiting: RunMessage[] = []
let current: { readonly id: number; readonly abort: AbortController } | undefined
let runner: Runner | undefined

function say(message: FromRunner): void {
  if (process.connected) process.send?.(message)
}

function failure(error: unknown, fallback: string): { code: string; message: string } {
  const code = error instanceof RunError ? error.code : fallback
  return { code, message: (error as Error).message }
}

async function load({ manifest, files }: Extract<ToRunner, { type: 'load' }>): Promise<void> {
  try {
    const startedAt = performance.now()
    const loaded = await loadRunner(manifest, files)
    say({ type: 'testing', loadMs: Math.round(performance.now() - startedAt) })
    const unitsPerSecond = await selfTest(manifest, loaded)
    runner = loaded
    say({ type: 'ready', unitsPerSecond })
    void runNext()
  } catch (error) {
    say({ type: 'unusable', ...failure(error, 'MODEL_FAILED') })
    process.disconnect()
  }
}

async function runNext(): Promise<void> {
  if (!runner || current) return
  const message = waiting.shift()
  if (!message) return
  const { id, request, unitsMax } = message
  const abort = new AbortController()
  current = { id, abort }
  try {
    const result = await runner.run(request, {
      unitsMax,
      signal: abort.signal,
      onChunk: (text) => say({ type: 'chunk', id, text }),
    })
    say({ type: 'done', id, result })
  } catch (error) {
    say({ type: 'failed', id, ...failure(error, 'MODEL_FAILED') })
  }
  current = undefined
  void runNext()
}

/** A run that has not begun ends at once, the current one at its next token. */
function cancel(id: number): void {
  if (current?.id === id) current.abort.abort()
  const at = waiting.findIndex((message) => message.id === id)
  if (at < 0) return
  waiting.splice(at, 1)
  say({ type: 'failed', id, code: 'CANCELLED', message: 'cancelled before it began' })
}

process.on('message', (message: ToRunner) => {
  if (message.type === 'load') void load(message)
  else if (message.type === 'cancel') cancel(message.id)
  else {
    waiting.push(message)
    void runNext()
  }
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; when a model stops is the parent's decision.
process.on('SIGINT', () => {})

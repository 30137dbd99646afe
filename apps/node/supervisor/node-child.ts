// The entry of a node process that a supervisor starts: waits to be told which node it is, reports
// over the process channel, and ends by itself when the supervisor is gone.

import { setTimeout as pause } from 'node:timers/promises'
import { processOf } from '../plan.ts'
import type { ProcessOptions } from '../prepare-process.ts'
import { type RunningProcess, startProcess } from '../start-process.ts'
import type { BeginNode, FromNode, ToNode } from './node-messages.ts'

/** A node that was killed a moment ago may still be ending. */
const LOCKED_TRIES = 20
const LOCKED_PAUSE_MS = 250

let running: Promise<RunningProcess> | undefined
let stopping = false

function tell(message: FromNode): void {
  if (process.connected) process.send?.(message, () => {})
}

async function started(options: ProcessOptions): Promise<RunningProcess> {
  for (let tries = 1; ; tries++) {
    try {
      return await startProcess(options)
    } catch (error) {
      const locked = (error as { code?: string }).code === 'ALREADY_RUNNING'
      if (!locked || tries >= LOCKED_TRIES || stopping) throw error
      await pause(LOCKED_PAUSE_MS)
    }
  }
}

async function begin(told: BeginNode): Promise<void> {
  const { topology, node, dataDirectory, environment, access } = told
  running = started({
    topology,
    process: processOf(topology, node),
    dataDirectory,
    environment,
    access,
    report: (event) => tell({ type: 'event', event }),
  })
  try {
    const { nodes, height, detail, linked } = await running
    tell({ type: 'ready', addresses: nodes[node] ?? {}, height, detail })
    await linked
    tell({ type: 'linked' })
  } catch (error) {
    const { code, message, hint } = error as { code?: string; message: string; hint?: string }
    tell({ type: 'failed', code, message, hint })
    await stop(1)
  }
}

async function stop(status: number): Promise<void> {
  if (stopping) return
  stopping = true
  try {
    await (await running)?.stop()
  } catch {
    // It never ran.
  }
  process.exit(status)
}

async function status(): Promise<void> {
  const reader = (await running)?.status
  if (reader) tell({ type: 'status', status: await reader.read() })
}

process.on('message', (message: ToNode) => {
  if (message.type === 'begin') void begin(message)
  else if (message.type === 'stop') void stop(0)
  else status().catch(() => {})
})
process.on('disconnect', () => void stop(0))
process.on('SIGTERM', () => void stop(0))
// Ctrl-C reaches the whole group: the supervisor says when.
process.on('SIGINT', () => {})

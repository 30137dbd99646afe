// The tasks of a node's snapshots: making one in a thread of its own, reading files of those there
// are. A thread is started when the first one is made.

import { join } from 'node:path'
import { WorkPool } from '../../../compute/pool/work-pool.ts'
import type { Hex } from '../../../lib/hex.ts'
import { decodeManifest } from '../../../protocol/snapshot/snapshot-manifest.ts'
import type { TaskRunner } from '../../../runtime/task.ts'
import {
  readChunkFile,
  readManifestFile,
  snapshotHeights,
} from '../../../storage/snapshot/snapshot-folder.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import type { SnapshotPlace } from './make-due.ts'

const NOTHING = new Uint8Array(0)

/** The newest manifest, or that of the snapshot after block `hash`; nothing when there is none. */
export function manifestFor(folder: string, hash: Hex | undefined): Uint8Array {
  for (const height of snapshotHeights(folder)) {
    const bytes = readManifestFile(join(folder, String(height)))
    if (!bytes) continue
    if (hash === undefined) return bytes
    const manifest = decodeManifest(bytes)
    if (typeof manifest === 'object' && manifest.hash === hash) return bytes
  }
  return NOTHING
}

export function chunkOf(folder: string, height: number, index: number): Uint8Array {
  return readChunkFile(join(folder, String(height)), index) ?? NOTHING
}

type Outcome = Parameters<TaskRunner['start']>[2]

function soon(read: () => Uint8Array, on: Outcome): () => void {
  let open = true
  setImmediate(() => {
    if (!open) return
    try {
      on.ok({ bytes: read() })
    } catch (error) {
      on.failed('failed', (error as Error).message)
    }
  })
  return () => {
    open = false
  }
}

export type SnapshotTasks = TaskRunner & {
  /** The tasks that are done here. */
  readonly names: readonly string[]
  stop(): Promise<void>
}

export function snapshotTasks(place: SnapshotPlace): SnapshotTasks {
  const pool = new WorkPool<SnapshotPlace, unknown>({
    module: runningFile(import.meta.url, './snapshot-worker'),
    threads: 1,
    queueMax: 1,
  })
  return {
    names: ['make-snapshot', 'read-manifest', 'read-chunk'],
    start(name, input, on) {
      if (name === 'make-snapshot') return pool.run(place, [], on)
      if (name === 'read-manifest') {
        const { hash } = input as { hash: Hex | undefined }
        return soon(() => manifestFor(place.snapshots, hash), on)
      }
      const { height, index } = input as { height: number; index: number }
      return soon(() => chunkOf(place.snapshots, height, index), on)
    },
    stop: () => pool.stop(),
  }
}

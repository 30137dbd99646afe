// Gives this node's snapshots to peers, a few reads at a time. The files are read by tasks: actors
// do no I/O.

import { SNAPSHOT_CHUNKS_MAX, SNAPSHOT_READS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import type { Task } from '../../runtime/task.ts'
import { ReadChunk, ReadManifest } from '../messages/tasks.ts'

const READ_WITHIN_MS = 10_000
const NOTHING = new Uint8Array(0)

type Done = (code: string, bytes: Uint8Array) => void

export class SnapshotDesk {
  private readonly ctx: Context
  private reading = 0

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  manifest(
    hash: Hex | undefined,
    reply: (out: { code: string; manifest: Uint8Array }) => void,
  ): void {
    this.read(ReadManifest, { hash }, (code, manifest) => reply({ code, manifest }))
  }

  chunk(
    height: number,
    index: number,
    reply: (out: { code: string; chunk: Uint8Array }) => void,
  ): void {
    if (index >= SNAPSHOT_CHUNKS_MAX) reply({ code: 'NONE', chunk: NOTHING })
    else this.read(ReadChunk, { height, index }, (code, chunk) => reply({ code, chunk }))
  }

  private read<In>(task: Task<In, { readonly bytes: Uint8Array }>, input: In, done: Done): void {
    if (this.reading >= SNAPSHOT_READS_MAX) {
      done('BUSY', NOTHING)
      return
    }
    this.reading++
    const end: Done = (code, bytes) => {
      this.reading--
      done(code, bytes)
    }
    this.ctx.run(task, input, {
      within: READ_WITHIN_MS,
      ok: ({ bytes }) => end(bytes.length > 0 ? '' : 'NONE', bytes),
      failed: ({ reason }) => end(reason === 'rejected' ? 'NONE' : 'BUSY', NOTHING),
    })
  }
}

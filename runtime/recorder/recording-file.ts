// A recording on disk: written in pieces as the actor works, so that a process that is killed
// leaves all but the last moment.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Sink } from './recorder.ts'

const PIECE_BYTES = 64 * 1024
const PIECE_MS = 1000

export function recordingFile(path: string): Sink {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'wx', 0o600)
  let waiting: Uint8Array[] = []
  let bytes = 0
  let writtenAt = performance.now()
  const flush = () => {
    if (bytes > 0) writeSync(file, Buffer.concat(waiting))
    waiting = []
    bytes = 0
    writtenAt = performance.now()
  }
  return {
    write(piece) {
      waiting.push(piece)
      bytes += piece.length
      if (bytes >= PIECE_BYTES || performance.now() - writtenAt >= PIECE_MS) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}

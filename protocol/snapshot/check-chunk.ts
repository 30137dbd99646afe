// A chunk against its manifest: all that can be said of it alone, as soon as it has come.

import { SNAPSHOT_BLOCK_BYTES_MAX, SNAPSHOT_CHUNK_BYTES_MAX } from '../../config/limits.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { SnapshotManifest } from './snapshot-manifest.ts'
import { refuse, type SnapshotVerdict } from './snapshot-refusal.ts'

export function chunkBytesMax(index: number): number {
  return index === 0 ? SNAPSHOT_BLOCK_BYTES_MAX : SNAPSHOT_CHUNK_BYTES_MAX
}

export function checkChunk(
  { chunks }: SnapshotManifest,
  index: number,
  bytes: Uint8Array,
): SnapshotVerdict {
  const max = chunkBytesMax(index)
  if (bytes.length > max) {
    return refuse(
      'CHUNK_TOO_LARGE',
      `chunk ${index} has ${bytes.length} bytes, at most ${max}`,
      index,
    )
  }
  const hash = keccakHex(bytes)
  const wanted = chunks[index]
  if (hash === wanted) return { ok: true }
  const other = chunks.indexOf(hash)
  const what = other < 0 ? `hashes to ${hash}` : `is chunk ${other}`
  return refuse('CHUNK_CHANGED', `chunk ${index} ${what}, not ${wanted}`, index)
}

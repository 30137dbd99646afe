// A snapshot as a folder: `manifest` and `chunk-00000`, `chunk-00001`, … The manifest is written
// last and at once: a folder without one is what a stopped maker left.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SNAPSHOT_MANIFEST_BYTES_MAX } from '../../config/limits.ts'
import { chunkBytesMax } from '../../protocol/snapshot/check-chunk.ts'
import type { SnapshotSink } from './make-snapshot.ts'

export const MANIFEST_FILE = 'manifest'
const NAME = /^[0-9]{1,15}$/

export function chunkFile(index: number): string {
  return `chunk-${String(index).padStart(5, '0')}`
}

function writeThrough(file: string, bytes: Uint8Array): void {
  writeFileSync(file, bytes, { flush: true })
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Writes into a folder that is new or holds an unfinished snapshot, which is removed. */
export function folderSink(folder: string): SnapshotSink {
  if (existsSync(join(folder, MANIFEST_FILE))) throw new Error(`${folder} holds a snapshot already`)
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) {
    if (file.startsWith('chunk-') || file.startsWith(MANIFEST_FILE)) rmSync(join(folder, file))
  }
  return {
    chunk: (index, bytes) => writeThrough(join(folder, chunkFile(index)), bytes),
    manifest: (bytes) => {
      const draft = join(folder, `${MANIFEST_FILE}.draft`)
      writeThrough(draft, bytes)
      syncFolder(folder)
      renameSync(draft, join(folder, MANIFEST_FILE))
      syncFolder(folder)
    },
  }
}

/** Never more than the limit is read, whatever lies there. Undefined when there is no such file. */
function readLimited(file: string, max: number): Uint8Array | undefined {
  if (!existsSync(file)) return undefined
  // One byte more than allowed tells the checker that the file is too large.
  if (statSync(file).size > max) return new Uint8Array(max + 1)
  return readFileSync(file)
}

/** The folder of a snapshot from what a person gives: the folder, or its manifest. */
export function snapshotFolder(path: string): string {
  return basename(path) === MANIFEST_FILE && existsSync(path) ? dirname(path) : path
}

export function readManifestFile(folder: string): Uint8Array | undefined {
  return readLimited(join(folder, MANIFEST_FILE), SNAPSHOT_MANIFEST_BYTES_MAX)
}

export function readChunkFile(folder: string, index: number): Uint8Array | undefined {
  return readLimited(join(folder, chunkFile(index)), chunkBytesMax(index))
}

/** Heights of the finished snapshots below `root`, the newest first. */
export function snapshotHeights(root: string): number[] {
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => NAME.test(name) && existsSync(join(root, name, MANIFEST_FILE)))
    .map(Number)
    .sort((a, b) => b - a)
}

/** Removes the unfinished ones, and all finished ones but the newest `kept`. */
export function trimSnapshots(root: string, kept: number): void {
  if (!existsSync(root)) return
  const keep = new Set(snapshotHeights(root).slice(0, kept).map(String))
  for (const name of readdirSync(root)) {
    if (!NAME.test(name) || keep.has(name)) continue
    // Without its manifest it is none at once, however long the rest takes.
    rmSync(join(root, name, MANIFEST_FILE), { force: true })
    rmSync(join(root, name), { recursive: true, force: true })
  }
}

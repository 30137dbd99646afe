// Gives unused pages of an LMDB environment back to the disk. LMDB's files never shrink by
// themselves; a compacting copy leaves free pages out, and one rename puts it in the old one's
// place. Killed before that, the old file is as it was; the draft is removed by the next try.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LmdbStore } from './lmdb-store.ts'

export interface Compacted {
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly rows: number
}

function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

async function rowsOf(folder: string): Promise<number> {
  const store = LmdbStore.readOnly(folder)
  try {
    return store.stats().rows
  } finally {
    await store.close()
  }
}

/** Nobody may have the environment open. Rejects, with the old file untouched, when it fails. */
export async function compactStore(folder: string): Promise<Compacted> {
  const file = join(folder, 'data.mdb')
  const draft = `${folder}.compact`
  const bytesBefore = statSync(file).size
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft)
  try {
    // Opened for reading, lmdb's read transaction would be in the copy's way.
    const store = new LmdbStore(folder)
    let rows: number
    try {
      rows = store.stats().rows
      await store.copyTo(draft)
    } finally {
      await store.close()
    }
    const copied = await rowsOf(draft)
    if (copied !== rows) throw new Error(`the copy has ${copied} rows, the original ${rows}`)
    const copy = join(draft, 'data.mdb')
    sync(copy)
    // The readers of the old file are gone, and their table is for that file.
    rmSync(join(folder, 'lock.mdb'), { force: true })
    renameSync(copy, file)
    sync(folder)
    return { bytesBefore, bytesAfter: statSync(file).size, rows }
  } finally {
    rmSync(draft, { recursive: true, force: true })
    sync(dirname(folder))
  }
}

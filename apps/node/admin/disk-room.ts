// How much of the disk is free, and how much ought to be: a full disk stops a validator, so that it
// is no longer ready before that.

import { statfs } from 'node:fs/promises'
import { READY_DISK_BYTES } from '../../../config/limits.ts'

export interface DiskRoom {
  /** What a user without privileges may still write. */
  readonly free: number
  readonly wanted: number
}

/** `wanted` is the operator's setting in bytes; by default READY_DISK_BYTES, less on a small disk. */
export async function diskRoom(folder: string, wanted?: number): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const byDefault = Math.min(READY_DISK_BYTES, Math.floor((blocks * bsize) / 4))
  return { free: bavail * bsize, wanted: wanted ?? byDefault }
}

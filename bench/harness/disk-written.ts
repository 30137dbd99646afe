// What reached a disk, as its driver counts it. The write_bytes of a process (proc(5)) are
// something else: the kernel charges it for a whole large folio when it changes one page of it,
// several times what a database of our kind writes.

import { readFileSync, statSync } from 'node:fs'

const SECTOR_BYTES = 512
/** Of /sys/dev/block/MAJOR:MINOR/stat (Documentation/block/stat.rst): sectors written. */
const SECTORS_WRITTEN = 6

/**
 * Bytes written since the machine started, by all of it, to the disk that has `folder`. Undefined
 * where the folder is on no block device or the kernel does not tell.
 */
export function diskWrittenBytes(folder: string): number | undefined {
  try {
    const { dev } = statSync(folder)
    // makedev(3), as glibc splits it.
    const major = (dev >>> 8) & 0xfff
    const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00)
    const stat = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8')
    const sectors = Number(stat.trim().split(/\s+/)[SECTORS_WRITTEN])
    return Number.isSafeInteger(sectors) ? sectors * SECTOR_BYTES : undefined
  } catch {
    return undefined
  }
}

/** Bytes written to it from now until the answer is asked for; undefined where that is not told. */
export function watchDisk(folder: string): () => number | undefined {
  const before = diskWrittenBytes(folder)
  return () => {
    const after = diskWrittenBytes(folder)
    return before === undefined || after === undefined ? undefined : after - before
  }
}

// The log of every write to a disk, as Linux's dm-log-writes keeps it, and the disk as a power cut
// at any point of the log would have left it. The format is that of drivers/md/dm-log-writes.c.

import { closeSync, openSync, readSync, truncateSync, writeSync } from 'node:fs'

const MAGIC = 0x6a736677736872n
const FLUSH = 1
const FUA = 2
const DISCARD = 4
const MARK = 8

export interface LogEntry {
  /** In bytes, on the disk. */
  readonly at: number
  readonly length: number
  /** Where its data lies in the log. */
  readonly dataAt: number
  /** Everything that was complete before is on the medium once this is. */
  readonly flush: boolean
  /** Is on the medium itself before it is complete. */
  readonly durable: boolean
  readonly discard: boolean
  /** A word that somebody put into the log. */
  readonly mark: string | undefined
}

export function readWriteLog(file: string): LogEntry[] {
  const fd = openSync(file, 'r')
  try {
    const head = Buffer.alloc(512)
    readSync(fd, head, 0, head.length, 0)
    if (head.readBigUInt64LE(0) !== MAGIC) throw new Error(`${file} is no log of writes`)
    const count = Number(head.readBigUInt64LE(16))
    const sector = head.readUInt32LE(24)
    const entries: LogEntry[] = []
    const block = Buffer.alloc(sector)
    for (let i = 0, at = sector; i < count; i++) {
      readSync(fd, block, 0, sector, at)
      const [where, sectors, flags, extra] = [0, 8, 16, 24].map((offset) =>
        Number(block.readBigUInt64LE(offset)),
      ) as [number, number, number, number]
      const isMark = (flags & MARK) !== 0
      const discard = (flags & DISCARD) !== 0
      entries.push({
        at: where * sector,
        length: isMark ? 0 : sectors * sector,
        dataAt: at + sector,
        flush: (flags & FLUSH) !== 0,
        durable: (flags & FUA) !== 0,
        discard,
        mark: isMark ? block.toString('latin1', 32, 32 + extra).replace(/\0+$/, '') : undefined,
      })
      at += sector + (isMark || discard ? 0 : sectors * sector)
    }
    return entries
  } finally {
    closeSync(fd)
  }
}

/** What a cut after `cut` entries leaves on the medium: all that were flushed, and of those after
 *  the last flush the ones that `stays` picks, as a drive's cache keeps no order. */
export function survivors(
  entries: readonly LogEntry[],
  cut: number,
  stays: () => boolean,
): LogEntry[] {
  let flushed = 0
  for (let i = 0; i < cut; i++) if (entries[i]?.flush) flushed = i
  return entries
    .slice(0, cut)
    .filter((entry, i) => entry.mark === undefined && (i <= flushed || entry.durable || stays()))
}

/** Writes the disk into `image`. A discard may leave anything; here it leaves what was there. */
export function writeImage(
  log: string,
  entries: readonly LogEntry[],
  image: string,
  bytes: number,
): void {
  const from = openSync(log, 'r')
  const to = openSync(image, 'w')
  try {
    truncateSync(image, bytes)
    for (const { at, length, dataAt, discard } of entries) {
      if (discard || length === 0) continue
      const data = Buffer.alloc(length)
      readSync(from, data, 0, length, dataAt)
      writeSync(to, data, 0, length, at)
    }
  } finally {
    closeSync(from)
    closeSync(to)
  }
}

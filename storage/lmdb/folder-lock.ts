// One process at a time in a folder: a lock file that names its owner. That of a process which died
// is taken over.

import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
  readonly code = 'ALREADY_RUNNING'
}

interface Owner {
  readonly pid: number
  /** Start of the process as the kernel tells it, so that a pid used again is not taken for it. */
  readonly started: string
}

/** Empty where the kernel does not tell. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22 (proc(5)), counted after the name, which may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only nobody has waited for it yet.
    return fields[0] === 'Z' ? 'ended' : `${boot} ${fields[19]}`
  } catch {
    return ''
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === '' || startOf(pid) === started
}

function readOwner(file: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started: String(started) } : undefined
  } catch {
    return undefined
  }
}

/** A link is made whole or not at all, so nobody ever reads half a lock. */
function tryLock(folder: string): boolean {
  const draft = join(folder, `LOCK.${process.pid}`)
  writeFileSync(draft, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }))
  try {
    linkSync(draft, join(folder, 'LOCK'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

/** Moves a dead owner's lock away; whoever moved it first has it, the others find nothing. */
function removeStale(folder: string, dead: Owner | undefined): void {
  const aside = join(folder, `LOCK.stale.${process.pid}`)
  try {
    renameSync(join(folder, 'LOCK'), aside)
  } catch {
    return
  }
  const moved = readOwner(aside)
  if (moved && !(moved.pid === dead?.pid && moved.started === dead.started)) {
    // Somebody was faster and holds it already: it is put back.
    linkSync(aside, join(folder, 'LOCK'))
  }
  rmSync(aside, { force: true })
}

function lock(folder: string): void {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (tryLock(folder)) return
    const owner = readOwner(join(folder, 'LOCK'))
    if (owner && isAlive(owner)) {
      throw new FolderInUse(`process ${owner.pid} uses ${folder}`)
    }
    removeStale(folder, owner)
  }
  throw new FolderInUse(`another process keeps taking ${folder}`)
}

/** Takes an existing folder for this process; the result gives it back. Throws FolderInUse. */
export function lockFolder(folder: string): () => void {
  lock(folder)
  return () => {
    const owner = readOwner(join(folder, 'LOCK'))
    if (owner?.pid === process.pid) rmSync(join(folder, 'LOCK'), { force: true })
  }
}

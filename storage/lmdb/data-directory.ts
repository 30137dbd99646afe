// Guards a data directory: one process at a time, never written by an older version than the one
// that made it, never shared by two networks.

import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Raised when the layout of the stores changes in a way that older versions cannot read. */
export const SCHEMA_VERSION = 1

export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
  readonly code: 'ALREADY_RUNNING' | 'STATE_MISMATCH'
  constructor(code: DataDirectoryError['code'], message: string) {
    super(message)
    this.code = code
  }
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
      throw new DataDirectoryError('ALREADY_RUNNING', `process ${owner.pid} uses ${folder}`)
    }
    removeStale(folder, owner)
  }
  throw new DataDirectoryError('ALREADY_RUNNING', `another process keeps taking ${folder}`)
}

function checkSchema(folder: string, network: string): void {
  const file = join(folder, 'SCHEMA.json')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    const draft = `${file}.draft`
    writeFileSync(draft, `${JSON.stringify({ schema: SCHEMA_VERSION, network })}\n`, {
      flush: true,
    })
    renameSync(draft, file)
    return
  }
  let found: { schema?: unknown; network?: unknown }
  try {
    found = JSON.parse(text)
  } catch {
    throw new DataDirectoryError('STATE_MISMATCH', `${file} is damaged`)
  }
  if (!Number.isSafeInteger(found.schema) || typeof found.network !== 'string') {
    throw new DataDirectoryError('STATE_MISMATCH', `${file} is damaged`)
  }
  if ((found.schema as number) > SCHEMA_VERSION) {
    const schemas = `schema ${found.schema}, ours is ${SCHEMA_VERSION}`
    const text = `${folder} was written by a newer version (${schemas})`
    throw new DataDirectoryError('STATE_MISMATCH', text)
  }
  if (found.network !== network) {
    const text = `${folder} belongs to network ${found.network}, not to ${network}`
    throw new DataDirectoryError('STATE_MISMATCH', text)
  }
}

/** Makes the folder if it is missing and checks whose it is, without taking it. */
export function checkDataDirectory(folder: string, network: string): void {
  mkdirSync(folder, { recursive: true })
  checkSchema(folder, network)
}

/**
 * Takes the folder (made if missing) for this process; the result gives it back. `network` is
 * whatever tells networks apart, such as a name with the genesis hash. A lock of a process that
 * died is taken over. Throws DataDirectoryError ALREADY_RUNNING, or STATE_MISMATCH for a newer
 * schema, another network or damage.
 */
export function openDataDirectory(folder: string, network: string): () => void {
  mkdirSync(folder, { recursive: true })
  lock(folder)
  try {
    checkSchema(folder, network)
  } catch (error) {
    rmSync(join(folder, 'LOCK'), { force: true })
    throw error
  }
  return () => {
    const owner = readOwner(join(folder, 'LOCK'))
    if (owner?.pid === process.pid) rmSync(join(folder, 'LOCK'), { force: true })
  }
}

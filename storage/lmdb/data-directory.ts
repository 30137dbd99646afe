// Guards a data directory: one process at a time, never written by an older version than the one
// that made it, never shared by two networks.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from './folder-lock.ts'

/** Raised when the layout of the stores changes in a way that older versions cannot read. */
export const SCHEMA_VERSION = 1

export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
  readonly code = 'STATE_MISMATCH'
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
    throw new DataDirectoryError(`${file} is damaged`)
  }
  if (!Number.isSafeInteger(found.schema) || typeof found.network !== 'string') {
    throw new DataDirectoryError(`${file} is damaged`)
  }
  if ((found.schema as number) > SCHEMA_VERSION) {
    const schemas = `schema ${found.schema}, ours is ${SCHEMA_VERSION}`
    const text = `${folder} was written by a newer version (${schemas})`
    throw new DataDirectoryError(text)
  }
  if (found.network !== network) {
    const text = `${folder} belongs to network ${found.network}, not to ${network}`
    throw new DataDirectoryError(text)
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
 * died is taken over. Throws FolderInUse (ALREADY_RUNNING), or DataDirectoryError (STATE_MISMATCH)
 * for a newer schema, another network or damage.
 */
export function openDataDirectory(folder: string, network: string): () => void {
  mkdirSync(folder, { recursive: true })
  const release = lockFolder(folder)
  try {
    checkSchema(folder, network)
  } catch (error) {
    release()
    throw error
  }
  return release
}

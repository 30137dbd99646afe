// Files that only their owner may read, written whole or not at all: a draft, flushed, renamed over
// the old file, and the folder flushed after it.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { damaged, KeyError } from '../../../compute/keystore/key-error.ts'
import { KEY_FILE_BYTES_MAX } from '../../../config/limits.ts'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const OTHERS = 0o077

/** Made if missing; not its parents' modes, which are the operator's. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true })
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
}

/** Throws KeyError KEYS_EXPOSED when anybody but the owner may read or write it. */
export function refuseExposed(path: string): void {
  const { mode } = statSync(path)
  if ((mode & OTHERS) === 0) return
  const octal = (mode & 0o777).toString(8)
  const wanted = statSync(path).isDirectory() ? '700' : '600'
  throw new KeyError(
    'KEYS_EXPOSED',
    `${path} may be read or written by others (mode ${octal})`,
    `chmod ${wanted} ${path}; if others had access to it, make new keys`,
  )
}

/** On disk when it returns. `exclusive` refuses to replace a file. */
export function writePrivate(file: string, text: string, exclusive = false): void {
  if (exclusive) {
    writeFileSync(file, text, { mode: FILE_MODE, flag: 'wx', flush: true })
  } else {
    const draft = `${file}.draft`
    writeFileSync(draft, text, { mode: FILE_MODE, flush: true })
    renameSync(draft, file)
  }
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** The JSON in the file. Throws KeyError KEYS_MISSING, KEYS_EXPOSED or KEYS_DAMAGED. */
export function readPrivateJson(file: string): unknown {
  let size: number
  try {
    size = statSync(file).size
  } catch {
    throw new KeyError('KEYS_MISSING', `there is no ${file}`, 'make keys with ./aitbc keys new')
  }
  refuseExposed(file)
  return parsed(file, size)
}

/** For files that hold no secret, or come from elsewhere. Throws KeyError KEYS_DAMAGED. */
export function readJson(file: string): unknown {
  return parsed(file, statSync(file).size)
}

function parsed(file: string, size: number): unknown {
  if (size > KEY_FILE_BYTES_MAX) throw damaged(`${file} has ${size} bytes: that is no key file`)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw damaged(`${file} is not JSON: ${(error as Error).message}`)
  }
}

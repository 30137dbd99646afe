// The bearer token of the admin server: whoever may read the data folder's secret file may pause,
// restart and kill. Compared in constant time.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FORM = /^[0-9a-f]{64}$/

export function adminTokenFile(dataDirectory: string): string {
  return join(dataDirectory, 'admin.token')
}

/** Undefined when there is none, or none that can be read. */
export function readAdminToken(dataDirectory: string): string | undefined {
  try {
    const text = readFileSync(adminTokenFile(dataDirectory), 'utf8').trim()
    return FORM.test(text) ? text : undefined
  } catch {
    return undefined
  }
}

/** The folder's token, made at the first start. */
export function adminToken(dataDirectory: string): string {
  const known = readAdminToken(dataDirectory)
  if (known !== undefined) return known
  const token = randomBytes(32).toString('hex')
  const file = adminTokenFile(dataDirectory)
  const draft = `${file}.${process.pid}`
  // On the disk before it has its name: a power cut must not leave a token without its text.
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flush: true })
  try {
    // Whole or not at all; of several processes that start at once, the first one's counts.
    linkSync(draft, file)
    return token
  } catch (error) {
    const theirs = readAdminToken(dataDirectory)
    if (theirs !== undefined) return theirs
    throw new Error(`${file} holds no token: remove it`, { cause: error })
  } finally {
    unlinkSync(draft)
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

export function sameToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token))
}

// The key that signs this machine's reports. Made at its first use; AITBC_BENCH_KEY names another.

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SEED_BYTES = 32

/** 32 bytes. Throws when the file holds something else. */
export function reporterKey(folder: string): Uint8Array {
  const file = process.env.AITBC_BENCH_KEY ?? join(folder, 'reporter.key')
  if (!existsSync(file)) {
    const made = randomBytes(SEED_BYTES)
    writeFileSync(file, `${made.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    return made
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${file}: not 32 bytes in hexadecimal`)
  return Buffer.from(text, 'hex')
}

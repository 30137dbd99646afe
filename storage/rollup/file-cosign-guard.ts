// What a rollup account signed, one small file for each nonce, on the disk before its signature
// leaves. Written beside its place, synced and renamed: a power cut leaves the old record or the
// new one.

import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { NonceRecord } from '../../protocol/rollup/nonce-record.ts'

/** Numbers stay numbers; what JSON lacks is tagged. */
function toText(record: NonceRecord): string {
  return JSON.stringify(record, (_, value) => {
    if (typeof value === 'bigint') return { units: value.toString() }
    if (value instanceof Uint8Array) return { bytes: bytesToHex(value) }
    return value
  })
}

function fromText(text: string): NonceRecord {
  return JSON.parse(text, (_, value: { units?: string; bytes?: Hex }) => {
    if (typeof value?.units === 'string') return BigInt(value.units)
    if (typeof value?.bytes === 'string') return hexToBytes(value.bytes)
    return value
  })
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Fits `CosignGuard` of the SDK. One process at a time may use the folder. */
export class FileCosignGuard {
  private readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Makes the folder if it is not there; its parent must be. */
  static async open(folder: string): Promise<FileCosignGuard> {
    await mkdir(folder, { recursive: true })
    return new FileCosignGuard(folder)
  }

  private path(nonce: number): string {
    return join(this.folder, `${nonce}.json`)
  }

  /** Rejects if the record cannot be read: then nothing may be signed. */
  async read(nonce: number): Promise<NonceRecord | undefined> {
    try {
      return fromText(await readFile(this.path(nonce), 'utf8'))
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined
      throw error
    }
  }

  async write(record: NonceRecord): Promise<void> {
    const path = this.path(record.transfer.nonce)
    const handle = await open(`${path}.new`, 'w')
    try {
      await handle.writeFile(toText(record))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${path}.new`, path)
    await syncFolder(this.folder)
  }
}

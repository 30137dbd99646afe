// The log of a simulated disk: batches with length and checksum. After a crash it is read again up
// to the first batch that is not whole, so that a torn write is seen as one and never half applied.

import { crc32 } from 'node:zlib'
import { Packr } from 'msgpackr'
import { concatBytes } from '../../lib/bytes.ts'
import type { Put } from '../store.ts'

const HEADER_BYTES = 8
const packr = new Packr({ useRecords: false, structuredClone: false })

export function encodeBatch(puts: readonly Put[]): Uint8Array {
  const body = packr.pack(puts.map(({ table, key, value }) => [table, key, value ?? null]))
  const header = new Uint8Array(HEADER_BYTES)
  const view = new DataView(header.buffer)
  view.setUint32(0, body.length)
  view.setUint32(4, crc32(body))
  return concatBytes(header, body)
}

export interface Recovered {
  readonly batches: readonly (readonly Put[])[]
  /** The log went on after the last whole batch. */
  readonly torn: boolean
}

export function recoverBatches(log: Uint8Array): Recovered {
  const batches: Put[][] = []
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength)
  let at = 0
  while (at + HEADER_BYTES <= log.length) {
    const length = view.getUint32(at)
    const body = log.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    if (length === 0 || body.length < length || crc32(body) !== view.getUint32(at + 4)) break
    const rows = packr.unpack(body) as [string, Uint8Array, Uint8Array | null][]
    batches.push(rows.map(([table, key, value]) => ({ table, key, value: value ?? undefined })))
    at += HEADER_BYTES + length
  }
  return { batches, torn: at < log.length }
}

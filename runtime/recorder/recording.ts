// What a recording is made of: records with length and checksum, one after the other. A byte that
// changed is found where it is, and a file that was cut off ends before a record that is not whole.

import { crc32 } from 'node:zlib'
import { assert } from '../../lib/assert.ts'
import { packValue, unpackValue } from './plain-data.ts'

/**
 * header: [{kind, key, …}] · setup: [] · message: [verb, body, asks] · turn: [callback, branch,
 * argument] · stopping: [] · read: [what, value] · threw: [what, name, text], of a read or of an
 * input · effect: [what, checksum] · end: [why, state] · cut: []
 */
export type RecordForm =
  | 'header'
  | 'setup'
  | 'message'
  | 'turn'
  | 'stopping'
  | 'read'
  | 'threw'
  | 'effect'
  | 'end'
  | 'cut'

export type Record = readonly [form: RecordForm, ...rest: unknown[]]

export interface Header {
  readonly version: 2
  readonly kind: string
  readonly key: string
  readonly host: string
  readonly incarnation: number
  /** The props without functions and secrets, and what was left out. */
  readonly props: unknown
  readonly missing: readonly string[]
}

/** Length, its checksum, the body's: a length that changed must not pass for a file cut off. */
const FRAME_BYTES = 12
const LENGTH_BYTES = 4

export function encodeRecord(record: Record): Uint8Array {
  const body = packValue(record)
  const bytes = new Uint8Array(FRAME_BYTES + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, body.length)
  view.setUint32(4, crc32(bytes.subarray(0, LENGTH_BYTES)))
  view.setUint32(8, crc32(body))
  bytes.set(body, FRAME_BYTES)
  return bytes
}

/** Throws for a record that was damaged; one that is not whole ends the list. */
export function decodeRecords(bytes: Uint8Array): Record[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: Record[] = []
  let at = 0
  while (at + FRAME_BYTES <= bytes.length) {
    const damaged = `record ${records.length} is damaged`
    const length = view.getUint32(at)
    assert(crc32(bytes.subarray(at, at + LENGTH_BYTES)) === view.getUint32(at + 4), damaged)
    const body = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length)
    if (body.length < length) break
    assert(crc32(body) === view.getUint32(at + 8), damaged)
    const record = unpackValue(body)
    assert(Array.isArray(record) && typeof record[0] === 'string', 'this is not a recording')
    records.push(record as unknown as Record)
    at += FRAME_BYTES + body.length
  }
  return records
}

/** What an effect comes down to in a recording. */
export function checksum(value: unknown): number {
  return crc32(packValue(value))
}

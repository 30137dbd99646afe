// Plain values (nil, bool, number, text, bytes, lists of them) in msgpack, without a schema: for
// schemas made by hand, and to say where in a body a mistake is. Maps and extensions are refused.

import { SchemaError } from '../schema.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** Lists inside lists; no message is deeper. */
export const NESTING_MAX = 32

const MAX = 0x7fff_ffff

export function writePlain(writer: Writer, value: unknown, depth = 0): void {
  if (value === null || value === undefined) writer.nil()
  else if (typeof value === 'boolean') writer.bool(value)
  else if (typeof value === 'number') writePlainNumber(writer, value)
  else if (typeof value === 'string') writer.text(value, MAX)
  else if (value instanceof Uint8Array) writer.bin(value, MAX)
  else if (Array.isArray(value)) {
    if (depth >= NESTING_MAX) throw new SchemaError(`lists deeper than ${NESTING_MAX}`)
    writer.list(value.length)
    for (const item of value) writePlain(writer, item, depth + 1)
  } else throw new SchemaError(`expected a plain value, got ${typeof value}`)
}

function writePlainNumber(writer: Writer, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) writer.uint(value)
  else writer.f64(value)
}

export function readPlain(reader: Reader, depth = 0): unknown {
  const tag = reader.u8()
  if (tag === 0xc0) return null
  if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3
  reader.at--
  if ((tag >= 0xa0 && tag < 0xc0) || (tag >= 0xd9 && tag <= 0xdb)) return reader.text(MAX)
  if (tag >= 0xc4 && tag <= 0xc6) return reader.bin(MAX)
  if ((tag >= 0x90 && tag < 0xa0) || tag === 0xdc || tag === 0xdd) {
    if (depth >= NESTING_MAX) reader.fail(`lists no deeper than ${NESTING_MAX}`)
    const items: unknown[] = []
    for (let left = reader.list(MAX); left > 0; left--) items.push(readPlain(reader, depth + 1))
    return items
  }
  return reader.number(reader.u8())
}

// Values as bytes and back, for recordings: numbers, text, bytes, bigints, lists and objects, with
// `undefined` kept, and bytes coming back as plain Uint8Array whatever they were.

import { Packr } from 'msgpackr'

const packr = new Packr({ useRecords: false, structuredClone: false, useBigIntExtension: true })

export function packValue(value: unknown): Uint8Array {
  return packr.pack(value)
}

export function unpackValue(bytes: Uint8Array): unknown {
  return plain(packr.unpack(bytes))
}

function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(plain)
  const copy: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(value)) copy[name] = plain(one)
  return copy
}

/** Names under which bytes or text never go into a file. */
const SECRET = /secret|private|password|mnemonic|token|seed/i
const DEPTH_MAX = 16

export interface Redacted {
  readonly data: unknown
  /** Paths of what was left out: functions and secrets. */
  readonly missing: readonly string[]
}

/** The data of an actor's props, without functions and secrets. */
export function redact(props: unknown): Redacted {
  const missing: string[] = []
  const walk = (value: unknown, path: string, depth: number): unknown => {
    if (typeof value === 'function' || depth > DEPTH_MAX) {
      missing.push(path)
      return undefined
    }
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
    if (Array.isArray(value)) return value.map((one, i) => walk(one, `${path}[${i}]`, depth + 1))
    const copy: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(value)) {
      const at = path === '' ? name : `${path}.${name}`
      if (SECRET.test(name)) missing.push(at)
      else copy[name] = walk(one, at, depth + 1)
    }
    return copy
  }
  return { data: walk(props, '', 0), missing }
}

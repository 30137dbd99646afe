// Typed, strict, positional schemas: the one description of a message's shape. `encode` turns a
// value into plain arrays, numbers, text and bytes for msgpack; `decode` accepts nothing else than
// what `encode` makes (type, length, maximum), because frames come from peers that are not trusted.
// A schema also describes itself, so that a codec can be compiled from it (lib/msgpack/codec.ts).

import { bytesToHex, type Hex, hexToBytes, isHex } from './hex.ts'

export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

/** What a schema is made of. */
export type Shape =
  | { readonly type: 'nothing' | 'bool' | 'u53' | 'f64' | 'u256' }
  | { readonly type: 'str' | 'bytes'; readonly max: number }
  | { readonly type: 'hex'; readonly length: number }
  | { readonly type: 'oneOf'; readonly values: readonly string[] }
  | { readonly type: 'optional'; readonly of: Schema<unknown> }
  | { readonly type: 'list'; readonly of: Schema<unknown>; readonly max: number }
  | { readonly type: 'struct'; readonly fields: Readonly<Record<string, Schema<unknown>>> }

export interface Schema<T> {
  /** Absent in a schema made by hand: its values go through `encode` and `decode`. */
  readonly shape?: Shape
  // Method syntax on purpose: it lets a Schema<T> stand where a Schema<unknown> is asked for.
  encode(value: T): unknown
  /** Throws SchemaError naming the path of the first thing that is wrong. */
  decode(wire: unknown, path?: string): T
}

export type Infer<S> = S extends Schema<infer T> ? T : never

function fail(path: string, expected: string, got: unknown): never {
  const kind = got === null ? 'null' : Array.isArray(got) ? `list of ${got.length}` : typeof got
  throw new SchemaError(`${path}: expected ${expected}, got ${kind}`)
}

export const nothing: Schema<null> = {
  shape: { type: 'nothing' },
  encode: () => null,
  decode: (wire, path = 'body') => (wire === null ? null : fail(path, 'nothing', wire)),
}

export const bool: Schema<boolean> = {
  shape: { type: 'bool' },
  encode: (value) => value,
  decode: (wire, path = 'body') => (typeof wire === 'boolean' ? wire : fail(path, 'bool', wire)),
}

/** A non-negative safe integer. */
export const u53: Schema<number> = {
  shape: { type: 'u53' },
  encode: (value) => value,
  decode: (wire, path = 'body') =>
    Number.isSafeInteger(wire) && (wire as number) >= 0
      ? (wire as number)
      : fail(path, 'a non-negative safe integer', wire),
}

/** Any finite number: for measurements, never for money. */
export const f64: Schema<number> = {
  shape: { type: 'f64' },
  encode: (value) => value,
  decode: (wire, path = 'body') =>
    typeof wire === 'number' && Number.isFinite(wire) ? wire : fail(path, 'a number', wire),
}

/** An unsigned integer below 2^256, on the wire as minimal lower-case hex text. */
export const u256: Schema<bigint> = {
  shape: { type: 'u256' },
  encode: (value) => value.toString(16),
  decode: (wire, path = 'body') =>
    typeof wire === 'string' && /^(0|[1-9a-f][0-9a-f]{0,63})$/.test(wire)
      ? BigInt(`0x${wire}`)
      : fail(path, 'a 256-bit integer', wire),
}

/** Text of at most `max` UTF-16 units. */
export function str(max = 256): Schema<string> {
  return {
    shape: { type: 'str', max },
    encode: (value) => value,
    decode: (wire, path = 'body') =>
      typeof wire === 'string' && wire.length <= max
        ? wire
        : fail(path, `text of at most ${max}`, wire),
  }
}

/** At most `max` bytes. */
export function bytes(max = 1 << 20): Schema<Uint8Array> {
  return {
    shape: { type: 'bytes', max },
    encode: (value) => value,
    decode: (wire, path = 'body') =>
      wire instanceof Uint8Array && wire.length <= max
        ? wire
        : fail(path, `at most ${max} bytes`, wire),
  }
}

/** Exactly `length` bytes, `0x` text in the program and bytes on the wire. */
export function hex(length: number): Schema<Hex> {
  return {
    shape: { type: 'hex', length },
    encode: (value) => {
      if (!isHex(value, length)) throw new SchemaError(`expected 0x text of ${length} bytes`)
      return hexToBytes(value)
    },
    decode: (wire, path = 'body') =>
      wire instanceof Uint8Array && wire.length === length
        ? bytesToHex(wire)
        : fail(path, `exactly ${length} bytes`, wire),
  }
}

export function oneOf<const T extends string>(...values: T[]): Schema<T> {
  return {
    shape: { type: 'oneOf', values },
    encode: (value) => value,
    decode: (wire, path = 'body') =>
      values.includes(wire as T) ? (wire as T) : fail(path, values.join(' | '), wire),
  }
}

export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    shape: { type: 'optional', of: schema },
    encode: (value) => (value === undefined ? null : schema.encode(value)),
    decode: (wire, path = 'body') => (wire === null ? undefined : schema.decode(wire, path)),
  }
}

export function list<T>(schema: Schema<T>, max: number): Schema<T[]> {
  return {
    shape: { type: 'list', of: schema as Schema<unknown>, max },
    encode: (values) => values.map((value) => schema.encode(value)),
    decode: (wire, path = 'body') => {
      if (!Array.isArray(wire) || wire.length > max) fail(path, `a list of at most ${max}`, wire)
      return wire.map((item, i) => schema.decode(item, `${path}[${i}]`))
    },
  }
}

type Fields = Record<string, Schema<unknown>>
type StructOf<F extends Fields> = { [K in keyof F]: Infer<F[K]> }

/** Fields travel in the order in which they are written here, without their names. */
export function struct<F extends Fields>(fields: F): Schema<StructOf<F>> {
  const names = Object.keys(fields)
  const schemas = Object.values(fields)
  return {
    shape: { type: 'struct', fields },
    encode: (value) =>
      schemas.map((schema, i) => schema.encode(value[names[i] as keyof StructOf<F>])),
    decode: (wire, path = 'body') => {
      if (!Array.isArray(wire) || wire.length !== names.length) {
        fail(path, `${names.length} fields`, wire)
      }
      const value: Record<string, unknown> = {}
      for (const [i, name] of names.entries()) {
        value[name] = schemas[i]?.decode(wire[i], `${path}.${name}`)
      }
      return value as StructOf<F>
    },
  }
}

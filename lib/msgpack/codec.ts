// Codecs compiled from schemas: straight-line code that writes a value as msgpack and reads it
// back, strictly. It is generated as text, so that every schema has functions of its own and every
// property is read at a place that sees one shape only (decision 0086 has the measurement).

import { type Schema, SchemaError } from '../schema.ts'
import { readPlain, writePlain } from './plain-value.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export interface Codec<T> {
  /** Throws when the value is not what the schema says; what was written by then is undone. */
  readonly write: (writer: Writer, value: T) => void
  /** Throws SchemaError; reads exactly one value. */
  readonly read: (reader: Reader) => T
}

const compiled = new WeakMap<Schema<unknown>, Codec<unknown>>()

export function codecOf<T>(schema: Schema<T>): Codec<T> {
  let codec = compiled.get(schema as Schema<unknown>)
  if (!codec) {
    codec = compile(schema as Schema<unknown>)
    compiled.set(schema as Schema<unknown>, codec)
  }
  return codec as Codec<T>
}

/** Values that the generated code refers to by `k[i]`. */
type Constants = unknown[]

const keep = (constants: Constants, value: unknown) => `k[${constants.push(value) - 1}]`

/** Code that writes the value of the expression `v`. */
function writing(schema: Schema<unknown>, v: string, constants: Constants): string {
  const { shape } = schema
  switch (shape?.type) {
    case 'nothing':
      return `w.nothing(${v});`
    case 'bool':
      return `w.bool(${v});`
    case 'u53':
      return `w.uint(${v});`
    case 'f64':
      return `w.f64(${v});`
    case 'u256':
      return `w.u256(${v});`
    case 'str':
      return `w.text(${v}, ${shape.max});`
    case 'bytes':
      return `w.bin(${v}, ${shape.max});`
    case 'hex':
      return `w.hex(${v}, ${shape.length});`
    case 'oneOf':
      return `${keep(constants, oneOfWriter(shape.values))}(w, ${v});`
    case 'optional':
      return `if (${v} === undefined) w.nil(); else { ${writing(shape.of, v, constants)} }`
    case 'list':
      return `${keep(constants, listWriter(codecOf(shape.of), shape.max))}(w, ${v});`
    case 'struct': {
      const fields = Object.entries(shape.fields).map(([name, field], i) => {
        const local = `${v}_${i}`
        const code = writing(field, local, constants)
        return `const ${local} = ${v}[${JSON.stringify(name)}]; ${code}`
      })
      return `w.list(${fields.length}); { ${fields.join('\n')} }`
    }
    default:
      return `k[0](w, ${keep(constants, schema)}.encode(${v}));`
  }
}

/** An expression that reads one value. */
function reading(schema: Schema<unknown>, constants: Constants): string {
  const { shape } = schema
  switch (shape?.type) {
    case 'nothing':
      return 'r.nothing()'
    case 'bool':
      return 'r.bool()'
    case 'u53':
      return 'r.uint()'
    case 'f64':
      return 'r.f64()'
    case 'u256':
      return 'r.u256()'
    case 'str':
      return `r.text(${shape.max})`
    case 'bytes':
      return `r.bin(${shape.max})`
    case 'hex':
      return `r.hex(${shape.length})`
    case 'oneOf':
      return `${keep(constants, oneOfReader(shape.values))}(r)`
    case 'optional':
      return `(r.isNil() ? undefined : ${reading(shape.of, constants)})`
    case 'list':
      return `${keep(constants, listReader(codecOf(shape.of), shape.max))}(r)`
    case 'struct': {
      const fields = Object.entries(shape.fields).map(
        ([name, field]) => `[${JSON.stringify(name)}]: ${reading(field, constants)}`,
      )
      return `(r.fields(${fields.length}), { ${fields.join(',\n')} })`
    }
    default:
      return `${keep(constants, schema)}.decode(k[0](r))`
  }
}

function compile(schema: Schema<unknown>): Codec<unknown> {
  const writes: Constants = [writePlain]
  const reads: Constants = [readPlain]
  const write = `return (w, v) => { ${writing(schema, 'v', writes)} }`
  const read = `return (r) => ${reading(schema, reads)}`
  return { write: new Function('k', write)(writes), read: new Function('k', read)(reads) }
}

function listWriter({ write }: Codec<unknown>, max: number) {
  return (writer: Writer, values: unknown): void => {
    if (!Array.isArray(values) || values.length > max) {
      throw new SchemaError(`expected a list of at most ${max}`)
    }
    writer.list(values.length)
    for (let i = 0; i < values.length; i++) write(writer, values[i])
  }
}

function listReader({ read }: Codec<unknown>, max: number) {
  return (reader: Reader): unknown[] => {
    const values: unknown[] = []
    for (let left = reader.list(max); left > 0; left--) values.push(read(reader))
    return values
  }
}

function oneOfWriter(values: readonly string[]) {
  const known = new Set(values)
  return (writer: Writer, value: string): void => {
    if (!known.has(value)) throw new SchemaError(`expected ${values.join(' | ')}`)
    writer.text(value, value.length)
  }
}

function oneOfReader(values: readonly string[]) {
  const known = new Map(values.map((value) => [value, value]))
  const longest = Math.max(...values.map((value) => value.length))
  return (reader: Reader): string =>
    known.get(reader.text(longest)) ?? reader.fail(values.join(' | '))
}

/** A value alone, in bytes of its own. Throws SchemaError. */
export function encodeBytes<T>(schema: Schema<T>, value: T): Uint8Array {
  const writer = new Writer(256)
  try {
    codecOf(schema).write(writer, value)
  } catch (error) {
    throw error instanceof SchemaError ? error : new SchemaError((error as Error).message)
  }
  return writer.written
}

/** Reads one value, which must fill the bytes. Throws SchemaError naming what is wrong. */
export function decodeBytes<T>(schema: Schema<T>, bytes: Uint8Array, path = 'body'): T {
  const reader = new Reader().open(bytes)
  try {
    const value = codecOf(schema).read(reader)
    reader.close()
    return value
  } catch (error) {
    throw explained(schema, bytes, path, error as Error)
  }
}

/** The same refusal with the path of what is wrong: found by reading again, slowly. */
export function explained<T>(
  schema: Schema<T>,
  bytes: Uint8Array,
  path: string,
  error: Error,
): SchemaError {
  try {
    schema.decode(readPlain(new Reader().open(bytes)), path)
  } catch (named) {
    if (named instanceof SchemaError) return named
  }
  return error instanceof SchemaError ? error : new SchemaError(`${path}: ${error.message}`)
}

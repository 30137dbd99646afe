// RFC 8785, the JSON Canonicalization Scheme: one text for one value, so that a hash or signature
// over JSON means the same in every language. Our own documents forbid floats, whose text differs
// between languages; AITBC's v1 receipts have them, hence the switch.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export interface JcsOptions {
  /** Default false: only safe integers are accepted. */
  readonly floats?: boolean
}

export class JcsError extends Error {
  override readonly name = 'JcsError'
}

const NESTING_MAX = 64

/**
 * The canonical text of a JSON value: members sorted by UTF-16 code units (RFC 8785 section 3.2.3),
 * no white space, ECMAScript number and string forms. Members that are `undefined` are left out.
 * Throws JcsError for what JSON cannot carry (lone surrogates, NaN, bigint) and for floats.
 */
export function canonicalJson(value: unknown, options: JcsOptions = {}): string {
  return write(value, options.floats === true, 'value', 0)
}

function write(value: unknown, floats: boolean, path: string, depth: number): string {
  if (depth > NESTING_MAX) throw new JcsError(`${path}: nested deeper than ${NESTING_MAX}`)
  if (value === null || value === true || value === false) return String(value)
  if (typeof value === 'string') return writeString(value, path)
  if (typeof value === 'number') return writeNumber(value, floats, path)
  if (Array.isArray(value)) {
    return `[${value.map((item, i) => write(item, floats, `${path}[${i}]`, depth + 1)).join(',')}]`
  }
  if (typeof value === 'object') {
    const record = value as Record<string, unknown>
    const members: string[] = []
    for (const name of Object.keys(record).sort()) {
      if (record[name] === undefined) continue
      const text = write(record[name], floats, `${path}.${name}`, depth + 1)
      members.push(`${writeString(name, path)}:${text}`)
    }
    return `{${members.join(',')}}`
  }
  throw new JcsError(`${path}: a ${typeof value} is not JSON`)
}

function writeString(text: string, path: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new JcsError(`${path}: text with a lone surrogate`)
  return JSON.stringify(text)
}

function writeNumber(value: number, floats: boolean, path: string): string {
  if (!Number.isFinite(value)) throw new JcsError(`${path}: ${value} is not JSON`)
  if (!floats && !Number.isSafeInteger(value)) {
    throw new JcsError(`${path}: ${value} is not a safe integer; write it as a decimal string`)
  }
  return Object.is(value, -0) ? '0' : JSON.stringify(value)
}

/**
 * Parses text that must already be canonical: any other spelling of the same value (white space,
 * order, escapes, repeated members, 1.0 for 1) is refused with a JcsError.
 */
export function parseCanonicalJson(text: string, options: JcsOptions = {}): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    throw new JcsError('not JSON')
  }
  if (canonicalJson(value, options) !== text) {
    throw new JcsError('not in canonical form (RFC 8785)')
  }
  return value
}

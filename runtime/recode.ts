// Strict mode: what passes between actors of one host is encoded and decoded as if it crossed a
// link, so that a wrong body fails in a test and not first in a cluster.

import { decodeBytes, encodeBytes } from '../lib/msgpack/codec.ts'
import type { Schema } from '../lib/schema.ts'

/** Throws SchemaError as the two ends of a link would. */
export function recode(schema: Schema<unknown>, value: unknown, path: string): unknown {
  return decodeBytes(schema, encodeBytes(schema, value), path)
}

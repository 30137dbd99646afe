// Strict mode: what passes between actors of one host is encoded and decoded as if it crossed a
// link, so that a wrong body fails in a test and not first in a cluster.

import type { Schema } from '../lib/schema.ts'

/** Throws SchemaError as the receiver of a frame would. */
export function recode(schema: Schema<unknown>, value: unknown, path: string): unknown {
  return schema.decode(schema.encode(value), path)
}

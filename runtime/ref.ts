// The address of an actor: a plain value (kind + key) that can be stored and sent. Which thread or
// node it lives on is decided by placement, never written into the ref.

import { type Schema, str, struct } from '../lib/schema.ts'

export interface Ref {
  readonly kind: string
  readonly key: string
}

export function ref(kind: string, key: string): Ref {
  return { kind, key }
}

export function refText(target: Ref): string {
  return `${target.kind}/${target.key}`
}

export const refSchema: Schema<Ref> = struct({ kind: str(64), key: str(128) })

// Reading untrusted JSON objects field by field, with refusals that say what to do instead.

import type { RequestRefusal } from './job-request.ts'

export class Refused extends Error {
  readonly refusal: RequestRefusal
  constructor(refusal: RequestRefusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export function refuse(field: string, message: string, hint: string): never {
  throw new Refused({ ok: false, code: 'INVALID_REQUEST', field, message, hint })
}

export type Fields = Record<string, unknown>

export function readObject(value: unknown, field: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(field, `${field} must be a JSON object`, `send {"${known[0]}": …}`)
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const hint = near === undefined ? `known fields: ${known.join(', ')}` : `did you mean ${near}?`
    refuse(joined(field, name), `unknown field ${joined(field, name)}`, hint)
  }
  return value as Fields
}

export function readText(value: unknown, field: string, max: number, hint: string): string {
  if (typeof value !== 'string') refuse(field, `${field} must be text`, hint)
  if (value.length === 0) refuse(field, `${field} must not be empty`, hint)
  if (value.length > max) refuse(field, `${field} is longer than ${max} characters`, hint)
  if (/\p{Surrogate}/u.test(value)) refuse(field, `${field} has a lone surrogate`, hint)
  return value
}

export function readInteger(value: unknown, field: string, min: number, max: number): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    const range = `between ${min} and ${max}`
    refuse(field, `${field} must be an integer ${range}`, `send a whole number ${range}`)
  }
  return value as number
}

export function joined(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}

/** The known name within two edits of `name`, if there is one. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = 3
  for (const candidate of known) {
    const distance = edits(name.toLowerCase().replaceAll('-', '_'), candidate)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

function edits(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return 4
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

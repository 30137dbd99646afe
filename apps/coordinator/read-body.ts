// A request's body and query, strictly: JSON by the route's schema, unknown names refused with the
// nearest known one.

import type { z } from 'zod'
import { nearestName } from '../../lib/nearest-name.ts'
import type { ApiRoute } from './api.ts'
import { ApiError, type ErrorDetail } from './errors.ts'

const DETAILS_MAX = 10

function unknownName(name: string, what: string, known: readonly string[]): ErrorDetail {
  const near = nearestName(name.slice(0, 64), known)
  return { field: name, message: `unknown ${what}${near ? `; did you mean "${near}"?` : ''}` }
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType): ErrorDetail[] {
  const field = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return [{ field, message: issue.message }]
  const known = Object.keys((schema as { shape?: Record<string, unknown> }).shape ?? {})
  return issue.keys.map((key) => {
    const detail = unknownName(key, 'field', known)
    return field ? { ...detail, field: `${field}.${key}` } : detail
  })
}

/** Undefined for a route without a body. Throws ApiError. */
export function readBody(route: ApiRoute, bytes: Uint8Array): unknown {
  const { body } = route
  if (!body) return undefined
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const why = bytes.length === 0 ? 'it is empty' : (error as Error).message
    throw new ApiError('VALIDATION_ERROR', `the body is not JSON: ${why}`)
  }
  const read = body.safeParse(value)
  if (read.success) return read.data
  const issues = read.error.issues.slice(0, DETAILS_MAX)
  const details = issues.flatMap((issue) => explain(issue, body)).slice(0, DETAILS_MAX)
  const [first] = details
  const message = first ? `${first.field || 'body'}: ${first.message}` : 'the body is not valid'
  throw new ApiError('VALIDATION_ERROR', message, details)
}

/** Throws ApiError for a parameter that is unknown or given twice. */
export function readQuery(route: ApiRoute, text: string): URLSearchParams {
  const query = new URLSearchParams(text)
  const seen = new Set<string>()
  for (const name of query.keys()) {
    const twice = { field: name, message: 'given twice' }
    const detail = seen.has(name)
      ? twice
      : route.query?.includes(name)
        ? undefined
        : unknownName(name, 'parameter', route.query ?? [])
    if (detail) {
      throw new ApiError('VALIDATION_ERROR', `${name}: ${detail.message}`, [detail])
    }
    seen.add(name)
  }
  return query
}

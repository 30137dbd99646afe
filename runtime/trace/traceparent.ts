// The `traceparent` header of W3C Trace Context (https://www.w3.org/TR/trace-context/), by which a
// trace comes in from an HTTP client and goes out to one.

import { type Cause, isSpanId, isTraceId } from './cause.ts'

/** Undefined when the header is malformed: then a new trace begins, as the recommendation says. */
export function parseTraceparent(header: string | undefined): Cause | undefined {
  const [version, trace, span, flags, ...rest] = (header ?? '').trim().split('-')
  const known = version === '00' ? rest.length === 0 : /^[0-9a-f]{2}$/.test(version ?? '')
  if (!known || version === 'ff' || !isTraceId(trace) || !isSpanId(span)) return undefined
  return /^[0-9a-f]{2}$/.test(flags ?? '') ? { trace, span, hop: 0 } : undefined
}

/** With the sampled flag set: what is traced here is recorded. */
export function traceparentText(cause: Cause): string {
  return `00-${cause.trace}-${cause.span}-01`
}

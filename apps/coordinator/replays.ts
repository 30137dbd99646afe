// Calls that carry an Idempotency-Key: a repeated call joins the first instead of racing it, and a
// key with another body is a conflict. A shortcut only: the scheduler keeps every key on disk.

import { createHash } from 'node:crypto'
import { IDEMPOTENT_CALLS_KEPT } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { canonicalJson } from '../../protocol/receipt/jcs.ts'
import { ApiError } from './errors.ts'

/** The same for equal bodies, however their members are ordered. */
function digestOf(body: unknown): string {
  let text: string
  try {
    text = canonicalJson(body, { floats: true })
  } catch {
    text = JSON.stringify(body)
  }
  return createHash('sha256').update(text).digest('hex')
}

interface Call {
  readonly digest: string
  readonly jobId: Promise<Hex>
}

export class Replays {
  private readonly calls = new Map<string, Call>()

  /** `key` names account and key; a call that fails leaves it free. Throws ApiError CONFLICT. */
  async run(key: string, body: unknown, create: () => Promise<Hex>) {
    const digest = digestOf(body)
    const known = this.calls.get(key)
    if (known) {
      if (known.digest === digest) return { jobId: await known.jobId, replayed: true }
      throw new ApiError('CONFLICT', 'this Idempotency-Key was used with another body')
    }
    const jobId = create()
    this.calls.set(key, { digest, jobId })
    jobId.catch(() => this.calls.delete(key))
    if (this.calls.size > IDEMPOTENT_CALLS_KEPT) {
      const oldest = this.calls.keys().next().value
      if (oldest !== undefined) this.calls.delete(oldest)
    }
    return { jobId: await jobId, replayed: false }
  }
}

// What the receiver of the bench over libp2p can be told and asked.

import { bytes, u53 } from '../../../lib/schema.ts'
import { ask, messages, tell } from '../../../runtime/messages.ts'

export const BULK_BYTES = 64 * 1024
export const SMALL_BYTES = 1024

export const Bulk = messages('bulk', 1, {
  Take: tell(bytes(BULK_BYTES)),
  /** Answered when so many bytes were taken. */
  Taken: ask(u53, u53),
  Echo: ask(bytes(SMALL_BYTES), bytes(SMALL_BYTES)),
})

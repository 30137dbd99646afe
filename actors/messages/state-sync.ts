// state-sync: starts a node without a chain from a snapshot of its peers.

import { nothing, str, struct, u53 } from '../../lib/schema.ts'
import { ask, messages } from '../../runtime/messages.ts'

export const StateSyncMessages = messages('state-sync', 1, {
  /** `phase` is looking, fetching, verifying, writing or done; `done` of `of` chunks. */
  Status: ask(nothing, struct({ phase: str(16), height: u53, done: u53, of: u53 })),
})

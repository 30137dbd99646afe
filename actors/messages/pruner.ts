// pruner: deletes old blocks while the chain store is above its threshold.

import { nothing, struct, u53 } from '../../lib/schema.ts'
import { ask, messages } from '../../runtime/messages.ts'

export const PrunerMessages = messages('pruner', 1, {
  /** First height that is kept; rows deleted since the start. */
  Status: ask(nothing, struct({ oldest: u53, rows: u53, usedBytes: u53, thresholdBytes: u53 })),
})

// snapshot-maker: has a snapshot of the state made at every tenth boundary of an epoch.

import { nothing, struct, u53 } from '../../lib/schema.ts'
import { ask, messages } from '../../runtime/messages.ts'

export const SnapshotMakerMessages = messages('snapshot-maker', 1, {
  /** Height of the last one made since the start, 0 before; and how many could not be made. */
  Status: ask(nothing, struct({ height: u53, failed: u53 })),
})

// shard-set: starts the shards of a node, and others where their number has changed. Nobody writes
// to it.

import { nothing } from '../../lib/schema.ts'
import { messages, tell } from '../../runtime/messages.ts'

const nobodys = { Nothing: tell(nothing) }

export const ShardSetMessages = messages('shard-set', 1, nobodys)
export const SequencerSetMessages = messages('sequencer-set', 1, nobodys)

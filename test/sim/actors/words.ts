// The vocabularies of the actors that have no purpose but to show what the runtime does.

import { bytes, list, nothing, oneOf, str, struct, u53 } from '../../../lib/schema.ts'
import { ask, messages, tell } from '../../../runtime/messages.ts'
import { task } from '../../../runtime/task.ts'

/** One numbered message of a stream; the tag is found in raw frames. */
const Numbered = struct({ stream: u53, at: u53, tag: bytes(12), pad: bytes(8192) })

export const ECHO_WAYS = ['now', 'later', 'never', 'twice', 'task', 'throw', 'stash'] as const

export const ReceiverMessages = messages('receiver', 1, {
  Data: tell(Numbered),
  Control: tell(Numbered, 'control'),
  Echo: ask(struct({ value: u53, way: oneOf(...ECHO_WAYS) }), u53),
})

export const SenderMessages = messages('sender', 1, { Begin: tell(nothing, 'control') })

export const LedgerMessages = messages('ledger', 1, {
  Append: ask(struct({ id: u53 }), struct({ ok: oneOf('yes', 'no') })),
  Read: ask(struct({ id: u53 }), struct({ value: bytes(64) })),
})

export const KeeperMessages = messages('keeper', 1, { Nothing: tell(nothing) })
export const MortalMessages = messages('mortal', 1, { Nothing: tell(nothing) })
export const WatcherMessages = messages('watcher', 1, { Names: tell(list(str(), 8)) })

export const Compute = task<number, number>('compute')

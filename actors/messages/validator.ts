// validator: the consensus core's host. Peers' messages are opaque here and decoded strictly by
// protocol/consensus.

import { bool, bytes, hex, list, nothing, str, struct, u53 } from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

export const ValidatorMessages = messages('validator', 1, {
  /** A consensus message from validator number `from` (who signed it is checked by the core). */
  Deliver: tell(struct({ from: u53, message: bytes(9 << 20) }), 'control'),
  /** From the mempool: a transaction waits, so the next leader need not wait for its empty block. */
  TransactionWaiting: tell(nothing, 'control'),
  Status: ask(
    nothing,
    struct({
      index: u53,
      mode: str(16),
      epoch: u53,
      view: u53,
      finalHeight: u53,
      finalHash: hex(32),
      syncing: bool,
      /** Validators whose vote the current view still misses. */
      missing: list(u53, 1024),
      /** Why no block is being made; empty when one is. */
      waiting: str(256),
    }),
    'control',
  ),
})

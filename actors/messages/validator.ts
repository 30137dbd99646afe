// validator: the consensus core's host. Peers' messages are opaque here and decoded strictly by
// protocol/consensus.

import { bool, bytes, hex, list, nothing, optional, str, struct, u53 } from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

export const ValidatorMessages = messages('validator', 1, {
  /** A consensus message from the node `from` (who signed it is checked by the core). */
  Deliver: tell(struct({ from: str(64), message: bytes(9 << 20) }), 'control'),
  /** From the mempool: a transaction waits, so the next leader need not wait for its empty block. */
  TransactionWaiting: tell(nothing, 'control'),
  Status: ask(
    nothing,
    struct({
      /** Place in the epoch's set; undefined for a node that only follows. */
      index: optional(u53),
      mode: str(16),
      epoch: u53,
      view: u53,
      finalHeight: u53,
      finalHash: hex(32),
      /** The current view's leader, by its operator's address. */
      leader: hex(20),
      /** Of the last final block; empty for genesis. */
      certificate: struct({ signers: u53, authorities: u53, stakePercent: u53 }),
      /** Why nothing is signed although the node has keys; empty otherwise. */
      silenced: str(256),
      /** What happened how often since the start. */
      counts: list(struct({ name: str(64), count: u53 }), 256),
      syncing: bool,
      /** Validators whose vote the current view still misses. */
      missing: list(u53, 1024),
      /** Why no block is being made; empty when one is. */
      waiting: str(256),
    }),
    'control',
  ),
})

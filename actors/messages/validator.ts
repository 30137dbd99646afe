// validator: the consensus core's host. Peers' messages are opaque here and decoded strictly by
// protocol/consensus.

import {
  bool,
  bytes,
  f64,
  hex,
  list,
  nothing,
  optional,
  str,
  struct,
  u53,
} from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'
import { CountByName, HistogramByName, HistogramUs } from './figures.ts'

export const ValidatorMessages = messages('validator', 1, {
  /** A consensus message from the node `from` (who signed it is checked by the core). */
  Deliver: tell(struct({ from: str(64), message: bytes(9 << 20) }), 'control'),
  /**
   * From the mempool: a transaction has become executable. It may be in a block already that is not
   * final yet: the validator asks its block-builder before it lets a view's time begin.
   */
  TransactionWaiting: tell(nothing, 'control'),
  /** From a shard: a claim may be ordered, so the next leader need not wait for its empty block. */
  ClaimWaiting: tell(nothing, 'control'),
  /** Of all that happened since the actor started; `counts` of Status goes with it. */
  Figures: ask(
    nothing,
    struct({
      validators: u53,
      /** Validators that did not vote while the last blocks became final. */
      silent: u53,
      /** Those seen to contradict themselves. */
      byzantine: u53,
      /** Views since the last final block. */
      views: u53,
      lastSignedHeight: u53,
      missedBlocks: u53,
      fetchedBlocks: u53,
      /** Views between the last one in which we signed and the present one. */
      signLagViews: u53,
      /** Messages that were refused unread, by why; the core's refusals are in `counts`. */
      refused: CountByName,
      /** By step: view, build, check, persist, commit. */
      steps: HistogramByName,
      blockInterval: HistogramUs,
      finality: HistogramUs,
      /** How far blocks are ahead of our clock when they come. */
      clockAheadMs: optional(f64),
    }),
    'control',
  ),
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
      counts: CountByName,
      syncing: bool,
      /** Final blocks that the other validators have and this one has not. */
      lagBlocks: u53,
      /** Validators whose vote the current view still misses. */
      missing: list(u53, 1024),
      /** Why no block is being made; empty when one is. */
      waiting: str(256),
    }),
    'control',
  ),
})

// mempool: transactions that wait for a block.

import {
  bool,
  bytes,
  hex,
  list,
  nothing,
  optional,
  str,
  struct,
  u53,
  u256,
} from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'
import { CountByName } from './figures.ts'

const RawTransaction = bytes(131_072)

export const PooledTransaction = struct({ raw: RawTransaction, sender: hex(20) })

const BlockChoice = struct({
  gasLimit: u53,
  baseFee: u256,
  max: u53,
  exclude: list(hex(32), 65_536),
})

export const MempoolMessages = messages('mempool', 1, {
  /** One verdict per transaction, in order; `code` is empty when it was accepted. */
  Submit: ask(
    struct({ transactions: list(RawTransaction, 256) }),
    list(struct({ hash: hex(32), code: str(64), message: str(512) }), 256),
  ),
  /** From a peer's mempool: transactions it accepted from a client. */
  Forward: tell(struct({ transactions: list(RawTransaction, 256) })),
  /**
   * From the block-builder: best candidates by fee, each sender's in nonce order. `exclude` lists
   * what is already in blocks that are not final yet.
   */
  TakeForBlock: ask(
    BlockChoice,
    struct({
      transactions: list(PooledTransaction, 65_536),
      /** W3C traceparents of the traces that some of them belong to. */
      traced: list(str(64), 64),
    }),
    'control',
  ),
  /** From the block-builder: is there any such candidate? */
  HasForBlock: ask(BlockChoice, bool, 'control'),
  /** From the block-builder: the senders of transactions that wait here, in order. */
  SendersOf: ask(
    struct({ hashes: list(hex(32), 65_536) }),
    list(optional(hex(20)), 65_536),
    'control',
  ),
  /** From the block-builder, after a block became final: the senders' new nonces and balances. */
  Finalised: tell(
    struct({
      height: u53,
      baseFee: u256,
      included: list(hex(32), 65_536),
      accounts: list(struct({ address: hex(20), nonce: u53, balance: u256 }), 65_536),
    }),
    'control',
  ),
  /** The next nonce of an address when everything that waits has been executed. */
  PendingNonce: ask(struct({ address: hex(20) }), optional(u53)),
  Lookup: ask(struct({ hash: hex(32) }), optional(PooledTransaction)),
  Size: ask(nothing, struct({ pending: u53, queued: u53 }), 'control'),
  /** Transactions refused since the actor started, by code, and those dropped for their rate. */
  Figures: ask(nothing, struct({ refused: CountByName, throttled: u53 }), 'control'),
})

// What anybody may ask a shard: accounts, locks, proofs, final claims. Nothing of it changes it.

import { bool, bytes, hex, list, nothing, optional, struct, u53, u256 } from '../../lib/schema.ts'
import { ask } from '../../runtime/messages.ts'
import { EncodedBody, EncodedClaim, FoundOperation } from './rollup-words.ts'

export const ShardAnswers = {
  /**
   * An account as the last executed claim left it; a balance may still change back
   * while that claim is not final. On the node whose sequencer makes a batch just now that batch
   * counts, too, though `number` is of the claim before it.
   */
  Account: ask(
    struct({ index: u53 }),
    optional(
      struct({
        index: u53,
        owner: hex(20),
        /** Undefined for accounts of the genesis: theirs follow from the index. */
        blsKey: optional(hex(48)),
        spendKey: optional(hex(32)),
        balance: u256,
        nonce: u53,
        touch: u53,
        /** Number of the claim after which this is so. */
        number: u53,
      }),
    ),
  ),
  /** A lock, as the last executed claim left it. */
  Lock: ask(
    struct({ index: u53 }),
    optional(
      struct({
        owner: u53,
        use: u53,
        held: bool,
        payee: u53,
        amount: u256,
        deadline: u53,
        /** Number of the claim after which this is so. */
        number: u53,
      }),
    ),
  ),
  /** An operation of a final batch, by its place there (operation-receipt.ts). */
  OperationAt: ask(struct({ number: u53, position: u53 }), FoundOperation),
  /** The same of one of the last final batches, by its lock, the lock's use, and its kind. */
  FindOperation: ask(struct({ lock: u53, use: u53, kind: u53 }), FoundOperation),
  IndexOf: ask(struct({ owner: hex(20) }), optional(u53)),
  /**
   * A proof of the record against the state root after the last executed claim; of a frozen shard
   * that is the root at which it stands. While a draft is open the answer waits until it is sealed
   * or dropped. `settled`: against the root of the last checkpoint, which nothing takes back.
   */
  AccountProof: ask(
    struct({ index: u53, settled: bool }),
    optional(
      struct({
        number: u53,
        claim: hex(32),
        stateRoot: hex(32),
        treeRoot: hex(32),
        meta: bytes(64),
        record: bytes(32),
        proof: list(hex(32), 32),
      }),
    ),
  ),
  /**
   * An exit of a final batch, as claimExit on the base chain wants it; `proof` is the path. Of a
   * batch that was not executed here peers are asked, who are asked `near`: for what they have.
   * `shard` made the batch: another than the one that is asked where there were more of them.
   */
  ExitProof: ask(
    struct({ shard: u53, number: u53, position: u53, near: bool }),
    optional(
      struct({
        from: u53,
        amount: u256,
        entry: u53,
        total: u256,
        exits: u53,
        exitRoot: hex(32),
        proof: bytes(32 * 32),
      }),
    ),
  ),
  /**
   * The last exits of an account, the latest first; of so many batches as are searched. `near` as
   * above; what peers list is not proved by it. `shard` made the batch, under its number of then.
   */
  ExitsOf: ask(
    struct({ index: u53, near: bool }),
    list(struct({ shard: u53, number: u53, position: u53, amount: u256, entry: u53 }), 64),
  ),
  Head: ask(
    nothing,
    struct({
      shard: u53,
      shards: u53,
      /** The last final claim; number 0 before the first. */
      number: u53,
      hash: hex(32),
      height: u53,
      timestampMs: u53,
      entries: u53,
      supply: u256,
      accounts: u53,
      /** Inbox messages consumed, and known to be final. */
      inboxTo: u53,
      inbox: u53,
      /** The last executed claim, final or not. */
      tip: u53,
      /** The last claim that stated a root, final or not. */
      rootNumber: u53,
      stateRoot: hex(32),
      ready: bool,
      /** Accounts whose keys are still to be made ahead of their first batch: none needs that. */
      keysLeft: u53,
      /** Nothing is executed after `number` any more. */
      frozen: bool,
      /** Batches up to this one are deleted here; 0 when none is. */
      pruned: u53,
      /** Batches whose exits only peers may know: not executed here; 0 and 0 when there are none. */
      missedFrom: u53,
      missedTo: u53,
    }),
  ),
  /** A claim that is final, by number, with its body and the block that ordered it. */
  ClaimAt: ask(
    struct({ number: u53 }),
    optional(
      struct({
        claim: EncodedClaim,
        hash: hex(32),
        body: EncodedBody,
        height: u53,
        blockHash: hex(32),
        timestampMs: u53,
      }),
    ),
  ),
  /** Where the transfer of (from, nonce) went, if it was among the last final batches. */
  FindTransfer: ask(
    struct({ from: u53, nonce: u53 }),
    optional(
      struct({
        number: u53,
        claim: hex(32),
        position: u53,
        to: u53,
        amount: u256,
        txRoot: hex(32),
        proof: list(hex(32), 32),
        height: u53,
        blockHash: hex(32),
      }),
    ),
  ),
}

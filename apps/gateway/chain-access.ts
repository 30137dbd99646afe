// What the gateway asks of a chain: reads of final blocks and of the latest state, and a place to
// hand in transactions. Implemented by node-access.ts over nodes' actors, and by a fake in tests.

import type { ArchiveMessages, StoredBlock } from '../../actors/messages/archive.ts'
import type { BlockBuilderMessages } from '../../actors/messages/block-builder.ts'
import type { MempoolMessages } from '../../actors/messages/mempool.ts'
import type { ValidatorMessages } from '../../actors/messages/validator.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Infer } from '../../lib/schema.ts'
import type { Body, Reply, Vocabulary } from '../../runtime/messages.ts'
import type { Cause } from '../../runtime/trace/cause.ts'

type VerbsOf<T> = T extends Vocabulary<infer V> ? V : never
type Archive = VerbsOf<typeof ArchiveMessages>
type Builder = VerbsOf<typeof BlockBuilderMessages>
type Mempool = VerbsOf<typeof MempoolMessages>
type Validator = VerbsOf<typeof ValidatorMessages>

export type StoredBlockRow = Infer<typeof StoredBlock>
export type Head = Reply<Archive, 'Head'>
export type AccountState = Reply<Archive, 'Account'>
export type StateProof = Reply<Builder, 'Prove'>
export type CallRequest = Body<Archive, 'Call'>
export type CallResult = Reply<Archive, 'Call'>
export type StoredCheckpoint = NonNullable<Reply<Archive, 'Checkpoint'>>
export type LogQuery = Body<Archive, 'Logs'>
export type LogAnswer = Reply<Archive, 'Logs'>
export type Verdict = Reply<Mempool, 'Submit'>[number]
export type Waiting = NonNullable<Reply<Mempool, 'Lookup'>>
export type ValidatorStatus = Reply<Validator, 'Status'>

/** No node answered: the chain cannot be reached now. */
export class ChainUnavailable extends Error {
  override readonly name = 'ChainUnavailable'
}

/** Every function rejects with ChainUnavailable when no node answers. */
export interface ChainAccess {
  /** The last final block. */
  head(): Promise<Head>
  block(height: number): Promise<StoredBlockRow | undefined>
  /** Long poll: final blocks above `height`; empty when there was none for a while. */
  blocksAfter(height: number, max: number): Promise<StoredBlockRow[]>
  heightOf(hash: Hex): Promise<number | undefined>
  transactionAt(hash: Hex): Promise<{ height: number; index: number } | undefined>
  account(address: Hex): Promise<AccountState>
  storage(address: Hex, slot: Hex): Promise<bigint>
  /** Of the state after the node's last final block, which the answer names. */
  proof(address: Hex, slots: readonly Hex[]): Promise<StateProof>
  call(request: CallRequest): Promise<CallResult>
  /** The certified checkpoint of the last epoch that is not after `epoch`. */
  checkpoint(epoch: number): Promise<StoredCheckpoint | undefined>
  /** A set that a checkpoint names, encoded. */
  validatorSet(hash: Hex): Promise<Uint8Array | undefined>
  logs(query: LogQuery): Promise<LogAnswer>
  /**
   * At most RPC_BATCH_MAX, in their order; one verdict for each. With a cause, their way to a block
   * is a part of that trace.
   */
  submit(transactions: readonly Uint8Array[], cause?: Cause): Promise<readonly Verdict[]>
  /** The nonce after all that waits; undefined when nothing of the address waits. */
  pendingNonce(address: Hex): Promise<number | undefined>
  /** A transaction that waits for a block. */
  waiting(hash: Hex): Promise<Waiting | undefined>
  pool(): Promise<{ pending: number; queued: number }>
  validator(): Promise<ValidatorStatus>
  /** Nodes that can be asked, the one in use first. */
  nodes(): readonly string[]
}

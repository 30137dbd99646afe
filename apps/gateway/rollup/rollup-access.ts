// What the gateway asks of the rollup: reads of a shard, and words with its sequencer. Implemented
// by node-rollup.ts over nodes' actors, and by a fake in tests.

import type {
  RollupSequencerMessages,
  TransferRefusal,
} from '../../../actors/messages/rollup-sequencer.ts'
import type { ShardMessages } from '../../../actors/messages/shard.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { Body, Reply, Vocabulary } from '../../../runtime/messages.ts'

type VerbsOf<T> = T extends Vocabulary<infer V> ? V : never
type Shard = VerbsOf<typeof ShardMessages>
type Sequencer = VerbsOf<typeof RollupSequencerMessages>

export type ShardHead = Reply<Shard, 'Head'>
export type RollupAccountState = NonNullable<Reply<Shard, 'Account'>>
export type RollupAccountProof = NonNullable<Reply<Shard, 'AccountProof'>>
export type RollupExitProof = NonNullable<Reply<Shard, 'ExitProof'>>
export type RollupExits = Reply<Shard, 'ExitsOf'>
export type OrderedClaim = NonNullable<Reply<Shard, 'ClaimAt'>>
export type FoundTransfer = NonNullable<Reply<Shard, 'FindTransfer'>>
export type FoundOperation = NonNullable<Reply<Shard, 'FindOperation'>>
export type RollupLock = NonNullable<Reply<Shard, 'Lock'>>
export type OperateReply = Reply<Sequencer, 'Operate'>
export type SubmitReply = Reply<Sequencer, 'Submit'>
export type GroupNews = Reply<Sequencer, 'Next'>
export type GroupEvent = GroupNews['events'][number]
export type CosignWords = Body<Sequencer, 'Cosign'>
export type SequencerStatus = Reply<Sequencer, 'Status'>
export type { TransferRefusal }

/** Every promise rejects with ChainUnavailable when no node answers, or not the one that is named. */
export interface RollupAccess {
  /** How many there are, as far as is known: governance may change it. */
  readonly shards: number
  /** Of an account, by how many there are now. */
  shardOf(index: number): Promise<number>
  head(shard: number): Promise<ShardHead>
  account(index: number): Promise<RollupAccountState | undefined>
  /** `settled`: against a root that nothing takes back, not the last one. */
  accountProof(index: number, settled: boolean): Promise<RollupAccountProof | undefined>
  /** `shard` may be one that there was before their number changed. */
  exitProof(shard: number, number: number, position: number): Promise<RollupExitProof | undefined>
  exitsOf(index: number): Promise<RollupExits>
  /** A final claim that the node has found false. */
  dispute(shard: number): Promise<Reply<Shard, 'Dispute'>>
  /** What a final claim has put into the outbox for another shard. */
  parcel(shard: number, number: number, destination: number): Promise<Reply<Shard, 'Parcel'>>
  indexOf(owner: Hex): Promise<number | undefined>
  /** A final claim. */
  claimAt(shard: number, number: number): Promise<OrderedClaim | undefined>
  findTransfer(from: number, nonce: number): Promise<FoundTransfer | undefined>
  /** As the last executed claim left it; undefined for what is no lock. */
  lock(index: number): Promise<RollupLock | undefined>
  findOperation(place: Body<Shard, 'FindOperation'>): Promise<FoundOperation | undefined>
  operationAt(shard: number, number: number, position: number): Promise<FoundOperation | undefined>
  /** Of the sequencer's actor on the node that reads are from. */
  status(shard: number): Promise<SequencerStatus>

  /** Nodes that may be asked to sequence, the one that reads are from first. */
  nodes(): readonly string[]
  submit(node: string, shard: number, words: Body<Sequencer, 'Submit'>): Promise<SubmitReply>
  /** Answers when all is decided, or after `withinMs`. */
  operate(node: string, shard: number, words: Body<Sequencer, 'Operate'>): Promise<OperateReply>
  /** Long poll. */
  next(node: string, shard: number, words: Body<Sequencer, 'Next'>): Promise<GroupNews>
  cosign(node: string, shard: number, words: CosignWords): void
  leave(node: string, shard: number, group: number): void
}

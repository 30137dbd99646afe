// Which messages of a node's own actors other nodes may send. Every node of a topology is linked to
// every other, and a linked node is not an honest one: what decides over the chain's state comes
// from the node's own actors alone. A new verb does not compile until it is listed here.

import type { Verbs, Vocabulary } from '../../runtime/messages.ts'
import type { ArchiveMessages } from './archive.ts'
import type { BlockBuilderMessages } from './block-builder.ts'
import type { MempoolMessages } from './mempool.ts'
import type { RollupSequencerMessages } from './rollup-sequencer.ts'
import type { ShardMessages } from './shard.ts'
import type { ValidatorMessages } from './validator.ts'

type Reach = 'own node' | 'any node'
type ReachOf<W> = W extends Vocabulary<infer V extends Verbs> ? Record<keyof V, Reach> : never

const validator: ReachOf<typeof ValidatorMessages> = {
  Deliver: 'any node',
  TransactionWaiting: 'own node',
  ClaimWaiting: 'own node',
  Status: 'any node',
  Figures: 'own node',
}

/** The single writer of the state: it commits what it is told is final. */
const blockBuilder: ReachOf<typeof BlockBuilderMessages> = {
  Tip: 'own node',
  Build: 'own node',
  HasCandidates: 'own node',
  Check: 'own node',
  Finalise: 'own node',
  Prove: 'any node',
  Rollup: 'own node',
  Numbering: 'own node',
  RollupAccounts: 'own node',
  OldestSent: 'own node',
  SpendKey: 'own node',
  Figures: 'own node',
}

const mempool: ReachOf<typeof MempoolMessages> = {
  Submit: 'any node',
  Forward: 'any node',
  TakeForBlock: 'own node',
  HasForBlock: 'own node',
  SendersOf: 'own node',
  Finalised: 'own node',
  PendingNonce: 'any node',
  Lookup: 'any node',
  Size: 'any node',
  Figures: 'own node',
}

const archive: ReachOf<typeof ArchiveMessages> = {
  Committed: 'own node',
  Checkpoint: 'any node',
  ValidatorSet: 'any node',
  Head: 'any node',
  Manifest: 'any node',
  Chunk: 'any node',
  BlocksAfter: 'any node',
  Block: 'any node',
  HeightOf: 'any node',
  TransactionAt: 'any node',
  Account: 'any node',
  Storage: 'any node',
  Call: 'any node',
  Logs: 'any node',
}

/** The single writer of a shard's state: what it holds is from anybody, what it makes final is not. */
const shard: ReachOf<typeof ShardMessages> = {
  Batch: 'any node',
  Fetch: 'any node',
  Claims: 'any node',
  Inputs: 'any node',
  Checkpoints: 'any node',
  CheckpointTree: 'any node',
  CheckpointPages: 'any node',
  Parcel: 'any node',
  Trace: 'any node',
  Dispute: 'any node',
  Assemble: 'own node',
  Proofs: 'own node',
  Check: 'own node',
  Cosigners: 'own node',
  Seal: 'own node',
  Drop: 'own node',
  Figures: 'own node',
  Greet: 'own node',
  Operate: 'own node',
  Ready: 'own node',
  Hold: 'own node',
  End: 'own node',
  Ordered: 'own node',
  Epoch: 'own node',
  Account: 'any node',
  IndexOf: 'any node',
  AccountProof: 'any node',
  Head: 'any node',
  ClaimAt: 'any node',
  FindTransfer: 'any node',
  Lock: 'any node',
  OperationAt: 'any node',
  FindOperation: 'any node',
  ExitProof: 'any node',
  ExitsOf: 'any node',
  Attest: 'any node',
  Certified: 'any node',
}

const rollupSequencer: ReachOf<typeof RollupSequencerMessages> = {
  Operate: 'any node',
  Submit: 'any node',
  Next: 'any node',
  Cosign: 'any node',
  Leave: 'any node',
  Status: 'any node',
  Figures: 'own node',
  Look: 'own node',
  Final: 'own node',
  Proposed: 'own node',
  Undone: 'own node',
  Epoch: 'own node',
}

const KINDS: Readonly<Record<string, Readonly<Record<string, Reach>>>> = {
  validator,
  'block-builder': blockBuilder,
  mempool,
  archive,
  shard,
  'rollup-sequencer': rollupSequencer,
}

/** Whether another node may send this; what is unknown is refused by its receiver. */
export function mayComeFromAfar(kind: string, verb: string): boolean {
  const verbs = KINDS[kind]
  return !verbs || !Object.hasOwn(verbs, verb) || verbs[verb] === 'any node'
}

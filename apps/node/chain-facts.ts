// What a node says of consensus beside its height: which epoch, why this mode, who leads, who
// signed the last final block, and what the stake has checkpointed. One shape for the command line,
// REST, JSON-RPC and the inspector.

import type { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { ValidatorMessages } from '../../actors/messages/validator.ts'
import type { Reply } from '../../runtime/messages.ts'

type Head = Reply<(typeof ArchiveMessages)['verbs'], 'Head'>
type Status = Reply<(typeof ValidatorMessages)['verbs'], 'Status'>

export interface ChainFacts {
  readonly epoch: number
  /** Until the epoch ends at the latest. Absent from nodes of an earlier version. */
  readonly epoch_blocks_left?: number
  readonly mode_reason: string
  /** Address of the present view's leader. */
  readonly leader: string
  /** Of the last final block; the percentage is of all stake, rounded down. */
  readonly certificate: {
    readonly signers: number
    readonly authorities: number
    readonly stake_percent: number
  }
  /** The last block that the stake has certified: what `finalized` names. */
  readonly checkpoint: { readonly height: number }
}

export function chainFacts(head: Head, { epoch, leader, certificate }: Status): ChainFacts {
  const { signers, authorities, stakePercent } = certificate
  return {
    epoch,
    epoch_blocks_left: Math.max(0, head.epochEnd - head.height),
    mode_reason: head.modeReason,
    leader,
    certificate: { signers, authorities, stake_percent: stakePercent },
    checkpoint: { height: head.checkpointHeight },
  }
}

// What may be pruned, and in which order when the disk asks for more than may be: each stage gives
// up something that somebody could still want, the least wanted first.

import { PRUNE_EPOCHS_KEPT, PRUNE_EPOCHS_MIN } from '../../config/limits.ts'
import { EVIDENCE_SECONDS_MAX, WEAK_SUBJECTIVITY_MS } from '../../protocol/params.ts'

export interface PruneStage {
  /** Why blocks beyond this are still wanted; said when they go all the same. */
  readonly givesUp: string
  /** Younger blocks stay. */
  readonly keepMs: number
  /** Blocks of this many latest epochs stay. */
  readonly keepEpochs: number
  /**
   * Younger last blocks of epochs stay without their receipts, whatever the rest says: light
   * clients step over them.
   */
  readonly keepBoundaryMs: number
}

export interface PrunePolicy {
  /** Blocks are pruned while the rows of the store take more than this. */
  readonly thresholdBytes: number
  readonly stages: readonly PruneStage[]
}

const EVIDENCE_MS = EVIDENCE_SECONDS_MAX * 1000

export const PRUNE_STAGES: readonly PruneStage[] = [
  {
    givesUp: '',
    keepMs: EVIDENCE_MS,
    keepEpochs: PRUNE_EPOCHS_KEPT,
    keepBoundaryMs: WEAK_SUBJECTIVITY_MS,
  },
  {
    givesUp: 'blocks that evidence could still name',
    keepMs: WEAK_SUBJECTIVITY_MS,
    keepEpochs: PRUNE_EPOCHS_KEPT,
    keepBoundaryMs: WEAK_SUBJECTIVITY_MS,
  },
  {
    givesUp: 'blocks that a node which was away for days could still want',
    keepMs: 0,
    keepEpochs: PRUNE_EPOCHS_KEPT,
    keepBoundaryMs: WEAK_SUBJECTIVITY_MS,
  },
  {
    givesUp: 'checkpoints that a light client could still start from',
    keepMs: 0,
    keepEpochs: PRUNE_EPOCHS_MIN,
    keepBoundaryMs: 0,
  },
]

// How a node begins its chain and what it keeps of it: consensus.trusted_hash and
// trusted_epoch, storage.prune and storage.prune_threshold as the threads of the chain need them.

import { PRUNE_BYTES_DEFAULT } from '../../config/limits.ts'
import { type NodeSettings, sizeBytes } from '../../config/node-settings.ts'
import type { Hex } from '../../lib/hex.ts'

export interface Upkeep {
  /** A node without a chain starts from its peers' snapshot after this block. */
  readonly trustedHash?: Hex | undefined
  /** The epoch that ended with that block: any newer snapshot will do then. */
  readonly trustedEpoch?: number | undefined
  /** Old blocks are pruned while the chain store takes more than this; undefined: never. */
  readonly pruneBytes?: number | undefined
}

export const NO_UPKEEP: Upkeep = {}

export function upkeepOf(settings: NodeSettings): Upkeep {
  const { trustedHash, trustedEpoch, prune, pruneThreshold } = settings
  const threshold = pruneThreshold ? sizeBytes(pruneThreshold.value) : PRUNE_BYTES_DEFAULT
  return {
    trustedHash: trustedHash?.value as Hex | undefined,
    trustedEpoch: trustedEpoch?.value,
    pruneBytes: prune?.value === true ? threshold : undefined,
  }
}

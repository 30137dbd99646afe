// What a node must know to build and check blocks of its chain. Which rules an epoch has is not
// here: that is in the state of the parent.

import type { Judges } from '../epoch/begin-block.ts'
import type { Modules } from '../modules/registry.ts'

export interface ChainConfig extends Judges {
  readonly chainId: bigint
  readonly modules: Modules
}

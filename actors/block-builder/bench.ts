// What the parts of the block-builder work on.

import type { ChainConfig } from '../../protocol/execution/chain-config.ts'
import type { Genesis } from '../../protocol/genesis/genesis-block.ts'
import type { Context } from '../../runtime/context.ts'
import type { ExecutionFigures } from './execution-figures.ts'
import type { Speculation } from './speculation.ts'

export interface BlockBuilderProps {
  readonly genesis: Genesis
  readonly config: ChainConfig
  /** Keys of this node's own mempool and archive. */
  readonly mempool: string
  readonly archive: string
  /** Key of the first of this node's own shards of the rollup; none where it runs none. */
  readonly shards?: readonly string[]
}

export interface Bench {
  readonly ctx: Context
  readonly props: BlockBuilderProps
  readonly speculation: Speculation
  readonly figures: ExecutionFigures
}

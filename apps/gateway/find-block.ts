// The block that a reference names.

import { type BlockRef, heightOf } from './block-param.ts'
import type { ChainBlock } from './chain-block.ts'
import type { RpcContext } from './method.ts'

/** Undefined when there is none (yet). */
export async function findBlock(
  { chain, blocks }: RpcContext,
  ref: BlockRef,
): Promise<ChainBlock | undefined> {
  const height = await heightOf(chain, ref)
  return height === undefined ? undefined : blocks.at(height)
}

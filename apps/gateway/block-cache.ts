// Final blocks that were asked for or seen lately. They never change, so they are never stale.

import { RPC_BLOCKS_CACHED_BYTES_MAX, RPC_BLOCKS_CACHED_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import type { ChainAccess, StoredBlockRow } from './chain-access.ts'
import { ChainBlock } from './chain-block.ts'

export class BlockCache {
  private readonly chain: ChainAccess
  private readonly secp256k1: Secp256k1
  /** In order of last use. */
  private readonly blocks = new Map<number, ChainBlock>()
  private readonly heights = new Map<Hex, number>()
  private bytes = 0

  constructor(chain: ChainAccess, secp256k1: Secp256k1) {
    this.chain = chain
    this.secp256k1 = secp256k1
  }

  async at(height: number): Promise<ChainBlock | undefined> {
    const known = this.blocks.get(height)
    if (known) {
      this.blocks.delete(height)
      this.blocks.set(height, known)
      return known
    }
    const row = await this.chain.block(height)
    return row && this.add(row)
  }

  async byHash(hash: Hex): Promise<ChainBlock | undefined> {
    const height = this.heights.get(hash) ?? (await this.chain.heightOf(hash))
    return height === undefined ? undefined : this.at(height)
  }

  add(row: StoredBlockRow): ChainBlock {
    const known = this.blocks.get(row.height)
    if (known) return known
    const block = new ChainBlock(row, this.secp256k1)
    this.blocks.set(row.height, block)
    this.heights.set(row.hash, row.height)
    this.bytes += block.bytes
    for (const [height, oldest] of this.blocks) {
      const fits =
        this.blocks.size <= RPC_BLOCKS_CACHED_MAX && this.bytes <= RPC_BLOCKS_CACHED_BYTES_MAX
      if (fits || this.blocks.size === 1) break
      this.blocks.delete(height)
      this.heights.delete(oldest.hash)
      this.bytes -= oldest.bytes
    }
    return block
  }
}

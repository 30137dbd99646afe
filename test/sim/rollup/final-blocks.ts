// The blocks that have become final at a node since they were last asked for, off its disk.

import { bytesToBigint, u64 } from '../../../lib/bytes.ts'
import { CHAIN_TABLES, META_FINAL } from '../../../protocol/state/tables.ts'
import type { World } from '../../../runtime/sim/world.ts'

export class FinalBlocks {
  private readonly world: World
  private readonly blocksTo = new Map<string, number>()

  constructor(world: World) {
    this.world = world
  }

  /** Of the last block that was asked for. */
  heightAt(node: string): number {
    return this.blocksTo.get(node) ?? 0
  }

  /** Heights and bytes, the lowest first; no bytes where the node has lost one. */
  next(node: string): { readonly height: number; readonly bytes: Uint8Array | undefined }[] {
    const chain = this.world.platter(node, 'chain')
    const row = chain.table(CHAIN_TABLES.meta).get(META_FINAL)
    const to = row ? Number(bytesToBigint(row)) : 0
    const from = this.blocksTo.get(node) ?? 0
    this.blocksTo.set(node, Math.max(from, to))
    const blocks = chain.table(CHAIN_TABLES.blocks)
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => {
      const height = from + 1 + i
      return { height, bytes: blocks.get(u64(height)) }
    })
  }
}

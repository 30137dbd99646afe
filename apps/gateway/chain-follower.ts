// Follows the chain block by block and tells whoever listens: no block is left out, none comes
// twice, also when another node has to be asked.

import { RPC_FOLLOW_BATCH, RPC_RETRY_MS } from '../../config/limits.ts'
import type { BlockCache } from './block-cache.ts'
import type { ChainAccess } from './chain-access.ts'
import type { ChainBlock } from './chain-block.ts'

export type BlockListener = (block: ChainBlock) => void

export class ChainFollower {
  private readonly chain: ChainAccess
  private readonly blocks: BlockCache
  private readonly failed: (error: unknown) => void
  private readonly listeners = new Set<BlockListener>()
  private height: number | undefined
  private stopped = false
  private wake = () => {}

  /** `failed` takes what goes wrong besides nodes that do not answer. */
  constructor(chain: ChainAccess, blocks: BlockCache, failed: (error: unknown) => void) {
    this.chain = chain
    this.blocks = blocks
    this.failed = failed
  }

  /** The result stops it. */
  listen(listener: BlockListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  start(): void {
    void this.run()
  }

  stop(): void {
    this.stopped = true
    this.wake()
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.step()
      } catch (error) {
        if ((error as Error).name !== 'ChainUnavailable') this.failed(error)
        await this.pause()
      }
    }
  }

  private async step(): Promise<void> {
    this.height ??= (await this.chain.head()).height
    const rows = await this.chain.blocksAfter(this.height, RPC_FOLLOW_BATCH)
    for (const row of rows) {
      if (this.stopped || row.height !== this.height + 1) return
      this.height = row.height
      const block = this.blocks.add(row)
      for (const listener of this.listeners) listener(block)
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RPC_RETRY_MS)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

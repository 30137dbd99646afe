// Hands operations on locks to whichever node sequences a shard, and waits for what becomes of
// them.

import { RPC_RETRY_MS } from '../../../config/limits.ts'
import { ChainUnavailable } from '../chain-access.ts'
import type { OperateReply, RollupAccess } from './rollup-access.ts'

/** Nothing was taken, and will be later. */
const LATER = new Set(['BUSY', 'STALE', 'NOT_SEQUENCER'])

export interface Operated extends Pick<OperateReply, 'code' | 'results'> {
  /** 0 when time does not help. */
  readonly retryAfterMs: number
}

export class OperationDesk {
  private readonly rollup: RollupAccess
  /** By shard: who took the last ones. */
  private readonly nodes = new Map<number, string>()

  constructor(rollup: RollupAccess) {
    this.rollup = rollup
  }

  /**
   * Resolves when each is in a final batch or refused, or after `withinMs`. The same may be given
   * again. Rejects with ChainUnavailable when no node answers: they may have been taken then.
   */
  async operate(shard: number, operations: Uint8Array, withinMs: number): Promise<Operated> {
    let last: OperateReply | undefined
    const known = this.nodes.get(shard)
    const candidates = [...(known ? [known] : []), ...this.rollup.nodes()]
    const asked = new Set<string>()
    for (let node = candidates.shift(); node !== undefined; node = candidates.shift()) {
      if (asked.has(node)) continue
      asked.add(node)
      try {
        last = await this.rollup.operate(node, shard, { operations, withinMs })
      } catch (error) {
        if (!(error instanceof ChainUnavailable)) throw error
        continue
      }
      if (last.code !== 'NOT_SEQUENCER') {
        this.nodes.set(shard, node)
        break
      }
      if (last.sequencer) candidates.unshift(last.sequencer)
    }
    if (!last) throw new ChainUnavailable('no sequencer answers')
    const { code, results } = last
    return { code, results, retryAfterMs: LATER.has(code) ? RPC_RETRY_MS : 0 }
  }
}

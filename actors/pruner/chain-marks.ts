// Heights of a chain store by age and by epoch. Time and epoch never go back along the chain, so
// both are found by halving.

import { u64 } from '../../lib/bytes.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import type { Header } from '../../protocol/block/header.ts'
import { CHAIN_TABLES, META_FINAL, META_OLDEST, readHeight } from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'

export class ChainMarks {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  final(): number | undefined {
    const row = this.store.get(CHAIN_TABLES.meta, META_FINAL)
    return row && readHeight(row)
  }

  /** The first height of which the block is kept, after the genesis. */
  oldest(): number {
    const row = this.store.get(CHAIN_TABLES.meta, META_OLDEST)
    return Math.max(1, row ? readHeight(row) : 1)
  }

  header(height: number): Header | undefined {
    const bytes = this.store.get(CHAIN_TABLES.blocks, u64(height))
    return bytes && decodeBlock(bytes).header
  }

  epoch(height: number): number | undefined {
    const header = this.header(height)
    return header && (unpackExtraData(header.extraData)?.epoch ?? 0)
  }

  /** The last block of an epoch; one whose next block is gone is there because it is one. */
  isBoundary(height: number): boolean {
    const [own, next] = [this.epoch(height), this.epoch(height + 1)]
    if (own === undefined || height === this.final()) return false
    return next === undefined || own < next
  }

  /** Milliseconds before the last final block. */
  ageMs(height: number): number {
    const final = this.final()
    const [own, last] = [this.header(height), final === undefined ? undefined : this.header(final)]
    return own && last ? headerTimeMs(last) - headerTimeMs(own) : 0
  }

  /** The first kept height that is younger than `ms` before the last block, and of the last epochs. */
  cut(keepMs: number, keepEpochs: number): number {
    const final = this.final()
    const last = final === undefined ? undefined : this.header(final)
    if (final === undefined || !last) return 0
    const sinceMs = headerTimeMs(last) - keepMs
    const sinceEpoch = (unpackExtraData(last.extraData)?.epoch ?? 0) - keepEpochs + 1
    let low = this.oldest()
    let high = final
    while (low < high) {
      const middle = (low + high) >> 1
      const header = this.header(middle)
      const isOld =
        header !== undefined &&
        headerTimeMs(header) < sinceMs + 1 &&
        (unpackExtraData(header.extraData)?.epoch ?? 0) < sinceEpoch
      if (isOld) low = middle + 1
      else high = middle
    }
    return low
  }
}

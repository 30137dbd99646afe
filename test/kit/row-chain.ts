// Rows of a chain that was never executed: blocks with a height, an epoch, a time and transactions
// of no meaning, for tests of what only looks at rows.

import { u64 } from '../../lib/bytes.ts'
import { makeBlock } from '../../protocol/block/block.ts'
import { packExtraData } from '../../protocol/block/extra-data.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { blockRows, type TableRow } from '../../protocol/state/block-rows.ts'
import { CHAIN_TABLES, encodePlace, META_FINAL } from '../../protocol/state/tables.ts'
import { testGenesis } from '../protocol/chain-world.ts'

export interface RowBlock {
  readonly epoch: number
  readonly timeMs: number
  readonly transactions: number
}

const BLOOM = `0x${'01'.repeat(256)}` as const

/** Rows of the genesis, and of `blocks` as heights 1, 2, …; by height. */
export function chainOfRows(blocks: readonly RowBlock[]): TableRow[][] {
  const genesis = testGenesis().block
  const finality = { finalAtMs: 1, certificate: Uint8Array.of(1, 2, 3) }
  const rows = [blockRows(genesis, [], finality)]
  let parentHash = genesis.hash
  for (const [i, { epoch, timeMs, transactions }] of blocks.entries()) {
    const height = i + 1
    const header = {
      ...genesis.header,
      parentHash,
      height,
      timestamp: Math.floor(timeMs / 1000),
      logsBloom: BLOOM,
      extraData: packExtraData({ mode: 0, epoch, view: height, ms: timeMs % 1000 }),
    }
    const raws = Array.from({ length: transactions }, (_, n) => keccak(u64(height * 10_000 + n)))
    const block = makeBlock(header, raws, new Uint8Array(0))
    parentHash = block.hash
    rows.push([
      ...blockRows(block, raws, finality),
      ...raws.map((raw, index) => ({
        table: CHAIN_TABLES.transactions,
        key: keccak(raw),
        value: encodePlace({ height, index }),
      })),
      { table: CHAIN_TABLES.meta, key: META_FINAL, value: u64(height) },
    ])
  }
  return rows
}

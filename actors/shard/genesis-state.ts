// The state of a shard before its first batch.

import type { Hex } from '../../lib/hex.ts'
import { AccountTable } from '../../protocol/rollup/account-table.ts'
import { genesisRecord, genesisShard } from '../../protocol/rollup/genesis-rollup.ts'
import type { RollupConfig } from '../../protocol/rollup/rollup-storage.ts'
import { ShardState } from '../../protocol/rollup/shard-state.ts'

export function genesisState(
  config: RollupConfig,
  shard: number,
): { state: ShardState; root: Hex } {
  const { slots, entries, supply, root } = genesisShard(config, shard)
  const table = AccountTable.create(Math.max(1, slots))
  const record = new Uint32Array(genesisRecord(config.balance).buffer)
  for (let slot = 0; slot < slots; slot++) {
    const [lo, hi, nonce] = record as unknown as [number, number, number]
    table.put(slot, lo, hi, nonce, record[4] as number, record[5] as number)
  }
  table.used = slots
  const state = new ShardState({ shard, shards: config.shards }, table)
  state.entries = entries
  state.supply = supply
  return { state, root }
}

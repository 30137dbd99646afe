// The state of a shard before its first batch.

import type { Hex } from '../../lib/hex.ts'
import { AccountTable } from './account-table.ts'
import { lockOwnerAt } from './genesis-locks.ts'
import { GENESIS_ENTRY, genesisRecord, genesisShard } from './genesis-rollup.ts'
import { LOCK } from './lock-record.ts'
import type { RollupConfig } from './rollup-storage.ts'
import { ShardState } from './shard-state.ts'

export function genesisState(
  config: RollupConfig,
  shard: number,
): { state: ShardState; root: Hex } {
  const { accounts, slots, entries, supply, root } = genesisShard(config, shard)
  const table = AccountTable.create(Math.max(1, slots))
  const record = new Uint32Array(genesisRecord(config.balance).buffer)
  for (let slot = 0; slot < accounts; slot++) {
    const [lo, hi, nonce] = record as unknown as [number, number, number]
    table.put(slot, lo, hi, nonce, record[4] as number, record[5] as number)
  }
  for (let slot = accounts; slot < slots; slot++) {
    table.put(slot, 0, 0, 0, GENESIS_ENTRY, 0, LOCK, 0, lockOwnerAt(config, shard, slot))
  }
  table.used = slots
  const state = new ShardState({ shard, shards: config.shards }, table)
  state.entries = entries
  state.supply = supply
  return { state, root }
}

// What the rollup module owes, in units: balances within shards, money in messages that no claim
// has consumed and in parcels between shards, exits that nobody has fetched. Each block that moves
// it proves that the module holds it.

import { assert } from '../../lib/assert.ts'
import type { ModuleCall, ModuleState } from '../modules/module.ts'
import { fieldOf, packFields, type ReadWords, type Words } from '../modules/storage-layout.ts'
import { ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../params.ts'
import type { RollupRefusal } from './rollup-refusals.ts'
import { arrivingSlot, MONEY, shardCount } from './rollup-storage.ts'
import { loadShard } from './shard-record.ts'

export interface RollupMoney {
  /** Sum over all shards. */
  readonly supply: bigint
  readonly inbox: bigint
  readonly exits: bigint
  /** Under way from one shard to another. */
  readonly parcels: bigint
}

export function loadMoney(words: ReadWords): RollupMoney {
  const word = words.load(MONEY)
  return {
    supply: fieldOf(word, 0, 64),
    inbox: fieldOf(word, 64, 64),
    exits: fieldOf(word, 128, 64),
    parcels: fieldOf(word, 192, 64),
  }
}

function saveMoney(words: Words, { supply, inbox, exits, parcels }: RollupMoney): void {
  const word = packFields([
    [supply, 64],
    [inbox, 64],
    [exits, 64],
    [parcels, 64],
  ])
  words.save(MONEY, word)
}

/** Asserts that no part becomes less than nothing. */
export function moveMoney(words: Words, change: Partial<RollupMoney>): void {
  const before = loadMoney(words)
  const { supply = 0n, inbox = 0n, exits = 0n, parcels = 0n } = change
  saveMoney(words, {
    supply: before.supply + supply,
    inbox: before.inbox + inbox,
    exits: before.exits + exits,
    parcels: before.parcels + parcels,
  })
}

/** Units that the module owes in all. */
export function owedUnits(words: ReadWords): bigint {
  const { supply, inbox, exits, parcels } = loadMoney(words)
  return supply + inbox + exits + parcels
}

/** All that the rollup holds stays below this: its amounts have 64 bits. */
const UNITS_MAX = 2n ** 63n

/** The value of a call in units. */
export function unitsOf(call: Pick<ModuleCall, 'state' | 'value'>): bigint | RollupRefusal {
  const { state, value } = call
  if (value % ROLLUP_UNIT_WEI !== 0n) return 'NOT_WHOLE_UNITS'
  const units = value / ROLLUP_UNIT_WEI
  return owedUnits(state) + units < UNITS_MAX ? units : 'AMOUNT_TOO_LARGE'
}

/** Wei beyond the debts: zero, unless somebody pays the module by a coinbase. */
export function surplusWei(state: Pick<ModuleState, 'balance' | 'load'>): bigint {
  return state.balance(ROLLUP_ADDRESS) - owedUnits(state) * ROLLUP_UNIT_WEI
}

/** In every block that orders claims. */
export function assertRollupMoney(state: Pick<ModuleState, 'balance' | 'load'>): void {
  const shards = shardCount(state)
  let [supply, parcels] = [0n, 0n]
  for (let shard = 0; shard < shards; shard++) {
    supply += loadShard(state, shard).supply
    parcels += state.load(arrivingSlot(shard))
  }
  const money = loadMoney(state)
  assert(supply === money.supply, 'rollup: the shards’ supplies add up to another sum')
  assert(parcels === money.parcels, 'rollup: parcels under way add up to another sum')
  assert(surplusWei(state) >= 0n, 'rollup: owes more than it holds')
}

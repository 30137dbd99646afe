// Which transfers of a draft can be executed, judged by the state before it. A sender sends once,
// so until its turn its balance can only grow: who can pay now can pay then.

import { EXIT_INDEX } from '../../protocol/params.ts'
import { type AccountTable, RECORD_WORDS } from '../../protocol/rollup/account-table.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import { isOutgoing, slotIn } from '../../protocol/rollup/shard-place.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import type { TransferColumns } from '../../protocol/rollup/transfer-columns.ts'
import type { TransferRefusal } from '../messages/rollup-sequencer.ts'

const U32 = 2 ** 32

export interface RefusedTransfer {
  readonly position: number
  readonly why: TransferRefusal
}

function canPay(table: AccountTable, slot: number, lo: number, hi: number, fee: number): boolean {
  const at = slot * RECORD_WORDS
  const sum = lo + fee
  const costLo = sum % U32
  const costHi = hi + (sum >= U32 ? 1 : 0)
  const balanceHi = table.words[at + 1] as number
  return balanceHi > costHi || (balanceHi === costHi && (table.words[at] as number) >= costLo)
}

export function filterDraft(
  state: ShardState,
  { from, to, amountLo, amountHi }: TransferColumns,
  fee: number,
  isBehind: (shard: number) => boolean,
): RefusedTransfer[] {
  const { table, shards } = state
  const refused: RefusedTransfer[] = []
  for (let i = 0; i < from.length; i++) {
    const slot = slotIn(state, from[i] as number)
    const receiver = to[i] as number
    const toSlot = slotIn(state, receiver)
    const isReceived =
      receiver === EXIT_INDEX ||
      (toSlot < 0 ? isOutgoing(state, receiver) : table.isRegistered(toSlot))
    if (slot < 0 || !table.isRegistered(slot) || !isReceived) {
      refused.push({ position: i, why: 'NOT_REGISTERED' })
    } else if (toSlot < 0 && receiver !== EXIT_INDEX && isBehind(shardOf(receiver, shards))) {
      refused.push({ position: i, why: 'SHARD_BEHIND' })
    } else if (!canPay(table, slot, amountLo[i] as number, amountHi[i] as number, fee)) {
      refused.push({ position: i, why: 'BALANCE' })
    }
  }
  return refused
}

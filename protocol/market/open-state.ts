// Applies the job table to an escrow: where an event leads from the state it is in.

import { assert } from '../../lib/assert.ts'
import type { Escrow, EscrowState } from './escrow.ts'
import { type JobEvent, type Money, step } from './job-table.ts'

export interface OpenState {
  readonly from: EscrowState
  readonly next: EscrowState
  readonly money: Money
}

/** Undefined where the table has no such step. */
export function openState(escrow: Escrow, event: JobEvent): OpenState | undefined {
  const { state } = escrow
  assert(state !== 'none', 'market: an escrow without a state')
  const to = step(state, event)
  if (to === undefined) return undefined
  assert(to.next !== 'running', 'market: the chain does not know running')
  return { from: state, next: to.next, money: to.money }
}

// Which views are worth keeping anything of: above the last final one, and not too far ahead.

import { FUTURE_VIEWS_BUFFERED } from '../params.ts'
import type { SimplexState } from './simplex-state.ts'

/** Is this a view whose votes and proposals are kept? */
export function isCurrentEnough(state: SimplexState, epoch: number, view: number): boolean {
  const { final, config } = state
  if (epoch !== config.rules.epoch || view <= final.view) return false
  return view <= state.view + FUTURE_VIEWS_BUFFERED
}

// Which views are worth keeping anything of: of this epoch, above the last final one, and not too
// far ahead.

import { FUTURE_VIEWS_BUFFERED } from '../params.ts'
import type { SimplexState } from './simplex-state.ts'

/** Is this a view whose votes and proposals are kept? */
export function isCurrentEnough(state: SimplexState, epoch: number, view: number): boolean {
  if (epoch !== state.rules.epoch || view <= state.finalView) return false
  return view <= state.view + FUTURE_VIEWS_BUFFERED
}

// What a validator says of itself, including the one line that explains why no block is made.

import type { SimplexState } from '../../protocol/consensus/simplex-state.ts'
import type { SimplexConfig } from '../../protocol/consensus/simplex-types.ts'
import { NO_BLOCK } from '../../protocol/consensus/vote.ts'

function waitingFor(state: SimplexState, missing: readonly number[]): string {
  if (state.finals.size > 0) return 'catching up with its peers'
  if (!state.armed) return 'nothing to do: no transaction waits'
  const { proposal } = state.viewState(state.view)
  const leader = state.leader(state.view)
  if (!proposal) return `validator ${leader}, the leader, has not proposed`
  return `validators ${missing.join(', ')} have not voted`
}

export function statusOf(config: SimplexConfig, state: SimplexState | undefined, mode: string) {
  const common = { index: config.index ?? 0, mode, epoch: config.rules.epoch }
  if (!state) {
    return {
      ...common,
      view: 0,
      finalHeight: 0,
      finalHash: NO_BLOCK,
      syncing: true,
      missing: [],
      waiting: 'starting',
    }
  }
  const voters = state.viewState(state.view).book.voters()
  const missing = config.rules.set.validators
    .map((validator) => validator.index)
    .filter((index) => state.armed && !voters.has(index))
  return {
    ...common,
    view: state.view,
    finalHeight: state.final.height,
    finalHash: state.final.hash,
    syncing: state.finals.size > 0,
    missing,
    waiting: waitingFor(state, missing),
  }
}

// A new epoch, once the last block of the one before is final here: everything starts at view 1.

import { openRound, signCheckpoint } from './checkpoint-round.ts'
import type { ConsensusMessage } from './consensus-message.ts'
import { startView } from './enter-view.ts'
import type { SimplexState } from './simplex-state.ts'
import type { Following } from './simplex-types.ts'
import { CHECKPOINT } from './vote.ts'

export function beginEpoch(state: SimplexState, { rules, checkpoint }: Following): void {
  const switched = rules.mode !== state.rules.mode
  state.cancel('propose', 'lead', 'advance', 'empty')
  state.useRules(rules)
  state.armed = false
  state.enteredAt = state.clock.now
  state.lastBlockAt = state.clock.now
  state.checkpoint = openRound(state, checkpoint)
  state.reached('epoch')
  if (switched) state.reached('mode-switch')
  state.log('info', 'epoch', { epoch: rules.epoch, mode: rules.mode, height: state.final.height })
  signCheckpoint(state)
  startView(state)
}

/** The epoch of a message that belongs to one; checkpoints are signed in the epoch after theirs. */
export function epochOf(message: ConsensusMessage): number | undefined {
  if (message.type === 'propose') return message.proposal.epoch
  const signed =
    message.type === 'vote'
      ? message.vote
      : message.type === 'certificate'
        ? message.certificate
        : undefined
  if (!signed) return undefined
  return signed.kind === CHECKPOINT ? signed.epoch + 1 : signed.epoch
}

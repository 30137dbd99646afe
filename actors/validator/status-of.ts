// What a validator says of itself, including the one line that explains why no block is made.

import type { Hex } from '../../lib/hex.ts'
import { weightOf } from '../../protocol/consensus/quorum.ts'
import type { SimplexState } from '../../protocol/consensus/simplex-state.ts'
import { MODE_NAMES } from '../../protocol/consensus/validator-set.ts'
import { NO_BLOCK } from '../../protocol/consensus/vote.ts'

const NOBODY: Hex = `0x${'00'.repeat(20)}`
const COUNTS_MAX = 256

function waitingFor(state: SimplexState, missing: readonly number[]): string {
  if (state.isBehind) return 'catching up with its peers'
  if (!state.armed) return 'nothing to do: no transaction waits'
  const { proposal } = state.viewState(state.view)
  const name = (index: number) => state.nodeOf(index) ?? `validator ${index}`
  if (!proposal) return `${name(state.leader(state.view))}, the leader, has not proposed`
  return `${missing.map(name).join(', ').slice(0, 200)} have not voted`
}

/** Who signed the last final block; the percentage is of all stake, rounded down. */
function certificateOf(state: SimplexState) {
  const { certificate, epoch } = state.final
  const rules = epoch === state.rules.epoch ? state.rules : state.checkpoint?.rules
  if (!certificate || !rules || rules.epoch !== epoch) {
    return { signers: certificate?.signers.length ?? 0, authorities: 0, stakePercent: 0 }
  }
  const { authorities, stake } = weightOf(rules, new Set(certificate.signers))
  const total = weightOf(rules).stake
  const stakePercent = total > 0n ? Number((stake * 100n) / total) : 0
  return { signers: certificate.signers.length, authorities, stakePercent }
}

export const STARTING = {
  index: undefined,
  mode: 'unknown',
  epoch: 0,
  view: 0,
  finalHeight: 0,
  finalHash: NO_BLOCK,
  leader: NOBODY,
  certificate: { signers: 0, authorities: 0, stakePercent: 0 },
  syncing: true,
  silenced: '',
  missing: [] as number[],
  waiting: 'starting: its chain is loaded',
  counts: [] as { name: string; count: number }[],
}

export function statusOf(state: SimplexState | undefined) {
  if (!state) return STARTING
  const { rules, index } = state
  const voters = state.viewState(state.view).book.voters()
  // Stakers have no vote in FAST.
  const voting = rules.set.validators.filter(({ authority }) => authority || rules.mode !== 0)
  const missing = voting
    .map((validator) => validator.index)
    .filter((one) => state.armed && !voters.has(one))
  return {
    index,
    mode: MODE_NAMES[rules.mode],
    epoch: rules.epoch,
    view: state.view,
    finalHeight: state.final.height,
    finalHash: state.final.hash,
    leader: rules.set.validators[state.leader(state.view)]?.address ?? NOBODY,
    certificate: certificateOf(state),
    syncing: state.isBehind,
    silenced: state.silenced ?? '',
    missing,
    waiting: waitingFor(state, missing),
    counts: [...state.counts].slice(0, COUNTS_MAX).map(([name, count]) => ({ name, count })),
  }
}

// Distilled transfers on the rollup: npm run bench -- rollup [--validators 1|4|7] [--accounts N]
// [--absent PERCENT] [--sums cached|fresh] [--offered TPS] [--seconds N] [--clients N] [--json]
// [--window MS] [--senders summed|checked] [--mode FAST|BALANCED|SECURE] [--against anvil]
// [--kill sequencer|validator], killed in the middle of each round.

import { runBench } from '../harness/run-bench.ts'
import { ANVIL } from '../harness/transfers/anvil-comparators.ts'
import { rawRollup } from './rollup/raw-rollup.ts'
import { ROLLUP_USES, rollupNotes } from './rollup/rollup-notes.ts'
import { FIRST_STEP, rollupTarget } from './rollup/rollup-target.ts'

/** Of separate clients: each signs for itself, on the same cores. */
const FIRST_STEP_CLIENTS = 100
/** Of senders that are checked one by one: about 0.15 ms of the sequencer each. */
const FIRST_STEP_CHECKED = 1000
const ACCOUNTS = 1_048_576

await runBench({
  name: 'rollup',
  about: 'distilled transfers: one aggregate signature a batch, checked by every validator',
  unit: 'transfers',
  defaults: { validators: 4, accounts: ACCOUNTS },
  firstStep: ({ clients, senders }) => {
    if (senders === 'checked') return FIRST_STEP_CHECKED
    return clients > 0 ? FIRST_STEP_CLIENTS : FIRST_STEP
  },
  start: rollupTarget,
  raw: rawRollup,
  uses: ROLLUP_USES,
  notes: rollupNotes,
  comparators: ANVIL,
})

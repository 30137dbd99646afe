// Distilled transfers on the rollup: npm run bench -- rollup [--validators 1|4|7] [--accounts N]
// [--absent PERCENT] [--sums cached|fresh] [--offered TPS] [--seconds N] [--clients N] [--json]
// [--window MS] [--senders summed|checked] [--kill sequencer|validator], killed in the middle of
// each round.

import { runBench } from '../harness/run-bench.ts'
import { rawRollup } from './rollup/raw-rollup.ts'
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
  notes: ({ absent, sums, senders, clients, kill }) => [
    senders === 'checked'
      ? 'one generator owns the keys of all senders; each has an ordinary signature and a co-signature of its own, and the sequencer checks every one'
      : clients > 0
        ? `${clients} separate clients, each with its keys, its connection and its own signatures; one in 50 answers late, one twice`
        : 'one generator owns the keys of all senders and signs for them with the sum of their secret keys',
    clients > 0
      ? `${absent} % of them never answer; their ordinary signatures travel`
      : `${absent} % of the senders absent, with ordinary signatures made beforehand; sums of keys ${sums}`,
    'finality counts from the intended time of each transfer, until its batch is full included',
    ...(kill
      ? [`kill -9 of ${kill === 'sequencer' ? 'the' : 'a'} ${kill} in the middle of each round`]
      : []),
    'all on this one machine: validators, sequencer, gateway and whoever sends',
  ],
})

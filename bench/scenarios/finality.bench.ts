// Time to finality at a rate that is given, not at the knee: npm run bench -- finality
// [--offered TPS] and the options of the scenario rollup.

import { runBench } from '../harness/run-bench.ts'
import { ANVIL } from '../harness/transfers/anvil-comparators.ts'
import { rawRollup } from './rollup/raw-rollup.ts'
import { ROLLUP_USES, rollupNotes } from './rollup/rollup-notes.ts'
import { rollupTarget } from './rollup/rollup-target.ts'

const OFFERED = 100_000
const ACCOUNTS = 1_048_576

await runBench({
  name: 'finality',
  about: 'from the intended time of a distilled transfer until its client hears that it is final',
  unit: 'transfers',
  defaults: { validators: 4, accounts: ACCOUNTS, offered: OFFERED },
  start: rollupTarget,
  raw: rawRollup,
  uses: ROLLUP_USES,
  notes: (options) => ['open loop, at a rate that is given', ...rollupNotes(options)],
  comparators: ANVIL,
})

// Distilled transfers and payments for jobs at once: npm run bench -- mixed [--offered TPS]
// [--jobs PER_SECOND] [--left PERCENT] [--core-hour USD] [--validators N] [--accounts N]
// [--seconds N] [--json].

import { runBench } from '../harness/run-bench.ts'
import { ANVIL } from '../harness/transfers/anvil-comparators.ts'
import { mixedTarget } from './mixed/mixed-target.ts'
import { rawJobs } from './mixed/raw-jobs.ts'
import { FIRST_STEP } from './rollup/rollup-target.ts'

await runBench({
  name: 'mixed',
  about: 'distilled transfers, and jobs that are paid through locks of the rollup, at once',
  unit: 'transfers',
  defaults: { validators: 4, accounts: 262_144, jobs: 100 },
  uses: ['absent', 'sums', 'window', 'jobs', 'left', 'core-hour'],
  firstStep: () => FIRST_STEP,
  start: mixedTarget,
  comparators: ANVIL,
  raw: rawJobs,
  notes: ({ jobs, left, coreHourUsd }) => [
    `${jobs} jobs a second besides: the consumer locks, the provider settles once the lock is final; ${left} % are left until their deadline and given back by the sequencer`,
    'each round runs once more before without jobs: a job costs what all nodes used beyond that, divided by the jobs that were over when the schedule ended',
    `money: at ${coreHourUsd} USD for an hour of one core, as stated with --core-hour`,
    'one process signs for all consumers and providers; its own processor time is the generator’s',
  ],
})

// Distilled transfers over several shards: npm run bench -- shards [--shards 1|2|4] [--far PERCENT]
// [--validators 1|4|7] [--accounts N] [--mode FAST|BALANCED|SECURE] [--offered TPS]
// [--seconds N] [--json].

import { runBench } from '../harness/run-bench.ts'
import { ANVIL } from '../harness/transfers/anvil-comparators.ts'
import { shardsTarget } from './shards/shards-target.ts'

const FIRST_STEP = 20_000
const ACCOUNTS = 524_288

await runBench({
  name: 'shards',
  about: 'distilled transfers over several shards, all of which every validator checks',
  unit: 'transfers',
  defaults: { validators: 4, accounts: ACCOUNTS, shards: 2, far: 10 },
  uses: ['shards', 'far', 'absent', 'sums', 'mode', 'window'],
  firstStep: () => FIRST_STEP,
  start: shardsTarget,
  comparators: ANVIL,
  notes: ({ shards, far, mode }) => [
    `${shards} shards, ${far} % of the transfers to another one than the sender’s`,
    `blocks in ${mode} mode`,
    'a transfer counts as final when the claim of the sender’s shard is; the receiver of another shard can spend it when that claim’s root has settled, ten seconds later',
    'the money of all shards and of what is under way is added up after each run',
    'all on this one machine: validators, sequencers, gateway and the generator',
  ],
})

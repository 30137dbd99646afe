// Ordinary transfers on the base chain: npm run bench -- base [--validators 1|4] [--seconds N]
// [--accounts N] [--offered TPS] [--against anvil,anvil-at-once] [--json].

import { runBench } from '../harness/run-bench.ts'
import { anvilTarget } from '../harness/transfers/anvil-target.ts'
import { clusterTarget } from '../harness/transfers/cluster-target.ts'
import { rawRecovery } from '../harness/transfers/raw-recovery.ts'

const ANVIL_BLOCK_SECONDS = 0.1

await runBench({
  name: 'base',
  about: 'EIP-1559 transfers signed with secp256k1, over JSON-RPC to final',
  unit: 'transfers',
  defaults: { validators: 1 },
  start: clusterTarget,
  raw: ({ validators }) => rawRecovery(validators),
  comparators: {
    // A block every 0.1 s, as ours: mining at once it carries much less, and forgets some.
    anvil: (options, progress) => anvilTarget(options, progress, ANVIL_BLOCK_SECONDS),
    'anvil-at-once': anvilTarget,
  },
})

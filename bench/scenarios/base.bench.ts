// Ordinary transfers on the base chain: npm run bench -- base [--validators 1|4] [--seconds N]
// [--accounts N] [--offered TPS] [--mode FAST|BALANCED|SECURE] [--against anvil,anvil-at-once]
// [--json].

import { runBench } from '../harness/run-bench.ts'
import { ANVIL } from '../harness/transfers/anvil-comparators.ts'
import { clusterTarget } from '../harness/transfers/cluster-target.ts'
import { rawRecovery } from '../harness/transfers/raw-recovery.ts'

await runBench({
  name: 'base',
  about: 'EIP-1559 transfers signed with secp256k1, over JSON-RPC to final',
  unit: 'transfers',
  defaults: { validators: 1 },
  uses: ['mode'],
  start: clusterTarget,
  raw: ({ validators }) => rawRecovery(validators),
  comparators: ANVIL,
})

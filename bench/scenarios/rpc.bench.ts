// Reads over JSON-RPC, one request a call, at rising rates: npm run bench -- rpc [--validators N]
// [--seconds N] [--offered N] [--against anvil] [--json]. The mix: balances, nonces, heights and
// blocks without their transactions.

import { runBench } from '../harness/run-bench.ts'
import { anvilReads } from '../harness/transfers/anvil-target.ts'
import { clusterReads } from '../harness/transfers/cluster-target.ts'

await runBench({
  name: 'rpc',
  about: 'reads over JSON-RPC and HTTP, one call each, from the intended time to the answer',
  unit: 'calls',
  defaults: { validators: 1 },
  start: clusterReads,
  comparators: { anvil: anvilReads },
})

// Writes the development networks of config/networks: their genesis and the hashes that clients
// pin. Run it again after a change of genesis rules: node --import tsx scripts/make-dev-network.ts

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../lib/package-root.ts'
import { CHAIN_ID_DEFAULT } from '../protocol/params.ts'
import { devNetwork } from './dev-genesis.ts'

/** Each has its own chain id: what is signed for one means nothing on the other. */
const NETWORKS = [
  { name: 'dev', chainId: CHAIN_ID_DEFAULT, validators: 4 },
  { name: 'dev-7', chainId: CHAIN_ID_DEFAULT + 1n, validators: 7 },
  { name: 'dev-7-shards', chainId: CHAIN_ID_DEFAULT + 2n, validators: 7, rollupShards: 2 },
  {
    name: 'dev-7-committees',
    chainId: CHAIN_ID_DEFAULT + 3n,
    validators: 7,
    rollupShards: 2,
    rollupCommittee: 4,
  },
]

for (const spec of NETWORKS) {
  const network = devNetwork(spec)
  const file = join(packageRoot(), 'config', 'networks', `${spec.name}.json`)
  writeFileSync(file, `${JSON.stringify(network, null, 2)}\n`)
  process.stdout.write(`${file}: genesis ${network.genesisHash}\n`)
}

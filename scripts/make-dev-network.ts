// Writes the development networks of config/networks: their genesis and the hashes that clients
// pin. Run it again after a change of genesis rules: node --import tsx scripts/make-dev-network.ts

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { devAccounts } from '../apps/node/dev-keys.ts'
import { devValidatorKey, devVrfKey } from '../apps/node/dev-validator-key.ts'
import { blsNative } from '../compute/crypto/bls-native.ts'
import { bytesToHex } from '../lib/hex.ts'
import { packageRoot } from '../lib/package-root.ts'
import { vrfNoble } from '../protocol/crypto/ecvrf.ts'
import { makeGenesis } from '../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../protocol/genesis/genesis-spec.ts'
import { CHAIN_ID_DEFAULT, WEI_PER_AITBC } from '../protocol/params.ts'

/** Each has its own chain id: what is signed for one means nothing on the other. */
const NETWORKS = [
  { name: 'dev', chainId: CHAIN_ID_DEFAULT, validators: 4 },
  { name: 'dev-7', chainId: CHAIN_ID_DEFAULT + 1n, validators: 7 },
]
const BALANCE = 1_000_000n * WEI_PER_AITBC
const STAKE = 10_000n * WEI_PER_AITBC
const DEPOSIT = 1000n * WEI_PER_AITBC
/** 24 November 2026, 00:00 UTC. */
const GENESIS_TIMESTAMP = 1_795_478_400
/** Accounts that buy: they hold a deposit that the coordinator may lock for their jobs. */
const CONSUMERS = ['consumer', 'alice', 'bob']

function genesisOf({ name, chainId, validators }: (typeof NETWORKS)[number]) {
  const accounts = devAccounts(validators)
  const addressOf = (wanted: string) => {
    const account = accounts.find((one) => one.name === wanted)
    if (!account) throw new Error(`no ${wanted} among the development accounts`)
    return account.address
  }
  return {
    name,
    chainId: Number(chainId),
    timestamp: GENESIS_TIMESTAMP,
    mode: 'FAST',
    // A chain that changes its mode under load is for whoever asks for it (--mode AUTO), and
    // nodes on a laptop may sleep.
    params: { modePolicy: 'pinned', governance: { downtime_jail: '0' } },
    validators: Array.from({ length: validators }, (_, i) => {
      const secret = devValidatorKey(i)
      return {
        name: `validator${i}`,
        address: addressOf(`validator${i}`),
        blsPublicKey: bytesToHex(blsNative.publicKey(secret)),
        possession: bytesToHex(blsNative.provePossession(secret)),
        vrfPublicKey: bytesToHex(vrfNoble.publicKey(devVrfKey(i))),
        stake: STAKE.toString(),
      }
    }),
    accounts: accounts.map((account) => ({
      name: account.name,
      address: account.address,
      balance: BALANCE.toString(),
      ...(CONSUMERS.includes(account.name) && {
        deposit: DEPOSIT.toString(),
        allowances: [{ operator: addressOf('coordinator'), allowance: DEPOSIT.toString() }],
      }),
    })),
  }
}

for (const spec of NETWORKS) {
  const genesis = genesisOf(spec)
  const made = makeGenesis(readGenesis(genesis, blsNative))
  const network = {
    name: spec.name,
    keys: 'public',
    genesisHash: made.block.hash,
    validatorSetHash: made.validatorSetHash,
    genesis,
  }
  const file = join(packageRoot(), 'config', 'networks', `${spec.name}.json`)
  writeFileSync(file, `${JSON.stringify(network, null, 2)}\n`)
  process.stdout.write(`${file}: genesis ${network.genesisHash}\n`)
}

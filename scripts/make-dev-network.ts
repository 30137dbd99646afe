// Writes config/networks/dev.json: the development network's genesis and the hashes that clients
// pin. Run it again after a change of genesis rules: node --import tsx scripts/make-dev-network.ts

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { devAccounts, devValidatorKey } from '../apps/node/dev-keys.ts'
import { blsNative } from '../compute/crypto/bls-native.ts'
import { bytesToHex } from '../lib/hex.ts'
import { packageRoot } from '../lib/package-root.ts'
import { makeGenesis } from '../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../protocol/genesis/genesis-spec.ts'
import { CHAIN_ID_DEFAULT, WEI_PER_AITBC } from '../protocol/params.ts'

const VALIDATORS = 4
const BALANCE = 1_000_000n * WEI_PER_AITBC
const DEPOSIT = 1000n * WEI_PER_AITBC
/** 24 November 2026, 00:00 UTC. */
const GENESIS_TIMESTAMP = 1_795_478_400
/** Accounts that buy: they hold a deposit that the coordinator may lock for their jobs. */
const CONSUMERS = ['consumer', 'alice', 'bob']

const accounts = devAccounts()
const coordinator = accounts.find((account) => account.name === 'coordinator')
if (!coordinator) throw new Error('no coordinator among the development accounts')

const genesis = {
  name: 'dev',
  chainId: Number(CHAIN_ID_DEFAULT),
  timestamp: GENESIS_TIMESTAMP,
  mode: 'FAST',
  validators: Array.from({ length: VALIDATORS }, (_, i) => {
    const secret = devValidatorKey(i)
    return {
      name: `validator${i}`,
      address: accounts.find((account) => account.name === `validator${i}`)?.address,
      blsPublicKey: bytesToHex(blsNative.publicKey(secret)),
      possession: bytesToHex(blsNative.provePossession(secret)),
      stake: (1000n * WEI_PER_AITBC).toString(),
    }
  }),
  accounts: accounts.map(({ name, address }) => ({
    name,
    address,
    balance: BALANCE.toString(),
    ...(CONSUMERS.includes(name) && {
      deposit: DEPOSIT.toString(),
      allowances: [{ operator: coordinator.address, allowance: DEPOSIT.toString() }],
    }),
  })),
}

const made = makeGenesis(readGenesis(genesis, blsNative))
const network = {
  name: 'dev',
  keys: 'public',
  genesisHash: made.block.hash,
  validatorSetHash: made.validatorSetHash,
  genesis,
}
const file = join(packageRoot(), 'config', 'networks', 'dev.json')
writeFileSync(file, `${JSON.stringify(network, null, 2)}\n`)
process.stdout.write(`${file}: genesis ${network.genesisHash}\n`)

// The genesis of a development network: as many validators as wanted, with keys that everybody
// knows. For the networks of config/networks, and for clusters that a bench makes for itself.

import { devAccounts } from '../apps/node/dev-keys.ts'
import { devValidatorKey, devVrfKey } from '../apps/node/dev-validator-key.ts'
import { blsNative } from '../compute/crypto/bls-native.ts'
import { bytesToHex, type Hex } from '../lib/hex.ts'
import { vrfNoble } from '../protocol/crypto/ecvrf.ts'
import { makeGenesis } from '../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../protocol/genesis/genesis-spec.ts'
import { WEI_PER_AITBC } from '../protocol/params.ts'

const BALANCE = 1_000_000n * WEI_PER_AITBC
const STAKE = 10_000n * WEI_PER_AITBC
const DEPOSIT = 1000n * WEI_PER_AITBC
/** Rollup accounts that are there from the start, unless told otherwise: sixteen cohorts. */
const ROLLUP_ACCOUNTS = 65_536
const ROLLUP_BALANCE = 100n * WEI_PER_AITBC
const ROLLUP_OWNER = 'alice'
/** 24 November 2026, 00:00 UTC. */
const GENESIS_TIMESTAMP = 1_795_478_400
/** Accounts that buy: they hold a deposit that the coordinator may lock for their jobs. */
const CONSUMERS = ['consumer', 'alice', 'bob']

export interface DevNetworkSpec {
  readonly name: string
  readonly chainId: bigint
  readonly validators: number
  /** Further accounts with the balance of the others. */
  readonly accounts?: readonly { readonly name: string; readonly address: Hex }[]
  /** Accounts of the rollup, all of alice's, with keys that follow from their indices. */
  readonly rollupAccounts?: number
  /** Locks of those accounts; 0 when absent. */
  readonly rollupLocks?: number
  /** Of the rollup; 1 when absent. */
  readonly rollupShards?: number
  /** Seats of each shard's committee; none when absent, or 0. */
  readonly rollupCommittee?: number
  /** As `params` of a genesis file has them, where they are not the usual ones. */
  readonly epochBlocks?: readonly [number, number, number]
  readonly governance?: Readonly<Record<string, string>>
}

function genesisOf(spec: DevNetworkSpec) {
  const { name, chainId, validators, accounts: further = [] } = spec
  const { rollupAccounts = ROLLUP_ACCOUNTS, rollupLocks = 0, rollupShards = 1 } = spec
  const { rollupCommittee = 0 } = spec
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
    params: {
      modePolicy: 'pinned',
      ...(spec.epochBlocks && { epochBlocks: spec.epochBlocks }),
      governance: { downtime_jail: '0', ...spec.governance },
      rollup: {
        shards: rollupShards,
        accounts: rollupAccounts,
        locks: rollupLocks,
        balance: ROLLUP_BALANCE.toString(),
        owner: addressOf(ROLLUP_OWNER),
        ...(rollupCommittee > 0 && { committee: rollupCommittee }),
      },
    },
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
    accounts: [...accounts, ...further].map((account) => ({
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

/** What a file of config/networks holds. */
export function devNetwork(spec: DevNetworkSpec) {
  const genesis = genesisOf(spec)
  const made = makeGenesis(readGenesis(genesis, blsNative))
  return {
    name: spec.name,
    keys: 'public',
    genesisHash: made.block.hash,
    validatorSetHash: made.validatorSetHash,
    genesis,
  }
}

// Makes a network of validators that keep their own keys: its file with the genesis and the pinned
// hashes, and a topology to start from.

import { stringify } from 'yaml'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import type { Network } from '../../config/network.ts'
import type { Hex } from '../../lib/hex.ts'
import { makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'
import type { PublicIdentity } from './keys/public-identity.ts'

export interface NewNetwork {
  readonly name: string
  readonly chainId: number
  /** Whole seconds. */
  readonly timestamp: number
  readonly mode: 'FAST' | 'BALANCED' | 'SECURE'
  readonly validators: readonly PublicIdentity[]
  /** Wei bonded by each validator. */
  readonly stake: bigint
  /** Wei that each validator's account holds besides. */
  readonly balance: bigint
  /** Wei of further accounts. */
  readonly accounts: readonly { readonly address: Hex; readonly balance: bigint }[]
}

/** Throws GenesisError for validators or accounts that a genesis cannot have. */
export function makeNetwork(wanted: NewNetwork): Network {
  const { name, chainId, timestamp, mode, validators, stake, balance } = wanted
  const own = validators.map(({ account }) => ({ address: account, balance }))
  const genesis = {
    name,
    chainId,
    timestamp,
    mode,
    validators: validators.map((identity) => ({
      name: identity.name,
      address: identity.account,
      blsPublicKey: identity.bls_public_key,
      possession: identity.possession,
      vrfPublicKey: identity.vrf_public_key,
      stake: stake.toString(),
    })),
    accounts: [...own, ...wanted.accounts].map((account) => ({
      address: account.address,
      balance: account.balance.toString(),
    })),
  }
  const made = makeGenesis(readGenesis(genesis, blsNative))
  const { hash } = made.block
  const { validatorSetHash } = made
  return { name, keys: 'private', genesisHash: hash, validatorSetHash, genesis }
}

/** All nodes on this machine, on ports of their own, until their operators say where they are. */
export function startingTopology(name: string, validators: readonly PublicIdentity[]): string {
  const nodes = Object.fromEntries(
    validators.map(({ name: node, peer_id }) => [
      node,
      { roles: ['validator', 'gateway'], peer: peer_id },
    ]),
  )
  const head = [
    '# Every operator has this file, with the listen and address of each node as it is: see',
    '# docs/OPERATIONS.md of AITBC. One node: ./aitbc node --topology FILE --name NODE',
    '',
  ].join('\n')
  return `${head}${stringify({ name, network: `./${name}.json`, process: 'each', nodes })}`
}

// The rollup's actors of a validator: its shards and their sequencers, as many as its chain says
// that there are, with the native libraries.

import { createHash } from 'node:crypto'
import { SequencerSetActor } from '../../actors/rollup-sequencer/sequencer-set.ts'
import type { ShardPorts } from '../../actors/shard/shard-props.ts'
import { ShardSetActor } from '../../actors/shard/shard-set.ts'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { CohortKeys } from '../../compute/crypto/cohort-keys.ts'
import { selfTestEd25519, verifyEd25519Native } from '../../compute/crypto/ed25519-native.ts'
import { GenesisAccountKeys } from '../../compute/crypto/genesis-account-keys.ts'
import { hashPairsNative, selfTestHashPairs } from '../../compute/crypto/hash-pairs-native.ts'
import type { Peer } from '../../protocol/consensus/simplex-types.ts'
import { ROLLUP_FEE_UNITS } from '../../protocol/params.ts'
import { rollupConfigAfter } from '../../protocol/rollup/rollup-head.ts'
import type { RollupConfig } from '../../protocol/rollup/rollup-storage.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import { challengerKey } from './keys/challenger-key.ts'
import type { NodeKeys } from './keys/node-keys.ts'
import { signingKeys } from './keys/signing-keys.ts'

/** 'fresh' for measurements: what a batch costs whose keys were never added up before. */
const SUMS = process.env.AITBC_ROLLUP_SUMS === 'fresh' ? 'fresh' : 'cached'

/** Milliseconds of a batch's window at any rate, for measurements too. */
const { AITBC_ROLLUP_WINDOW_MS } = process.env
const WINDOW_MS = AITBC_ROLLUP_WINDOW_MS ? Number(AITBC_ROLLUP_WINDOW_MS) : undefined

/** As if every sender were a stranger: each signature is checked before its transfer is taken in. */
const CHECKS_SENDERS = process.env.AITBC_ROLLUP_SENDERS === 'checked'

export interface RollupPlace {
  readonly node: string
  /** Among the validators of the topology. */
  readonly index: number
  readonly keys: NodeKeys | undefined
  readonly peers: readonly Peer[]
}

function configOf({ genesis }: ChainSetup): RollupConfig {
  return rollupConfigAfter(treeView(genesis.tree))
}

function portsOf({ accounts }: RollupConfig): ShardPorts {
  return {
    bls: blsNative,
    hashPairs: hashPairsNative,
    sha256: (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest()),
    verifyEd25519: verifyEd25519Native,
    cosignerKeys: (registered) =>
      new CohortKeys(new GenesisAccountKeys(accounts, registered), { sums: SUMS }),
  }
}

export function startShards(host: Host, place: RollupPlace, setup: ChainSetup): void {
  selfTestHashPairs()
  selfTestEd25519()
  const { node, index, keys, peers } = place
  const config = configOf(setup)
  const { consensus } = signingKeys(index, keys)
  host.spawn(ShardSetActor, node, {
    node,
    config,
    genesisHash: setup.genesis.block.hash,
    peers,
    ownKey: peers[index]?.blsPublicKey,
    sign: (digest: Uint8Array) => blsNative.sign(consensus, digest),
    ports: portsOf(config),
    challenger: challengerKey(setup.genesis.chainId, index, keys),
  })
}

export function startSequencers(host: Host, { node, index, peers }: RollupPlace): void {
  host.spawn(SequencerSetActor, node, {
    node,
    blsPublicKey: peers[index]?.blsPublicKey,
    peers,
    fee: ROLLUP_FEE_UNITS,
    windowMs: WINDOW_MS,
    checksSenders: CHECKS_SENDERS,
  })
}

// What a shard is started with, and what its parts work on.

import type { Hex } from '../../lib/hex.ts'
import type { VerifyEd25519 } from '../../protocol/crypto/ed25519-strict.ts'
import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import type { RollupConfig } from '../../protocol/rollup/rollup-storage.ts'
import type { CosignerKeys } from '../../protocol/rollup/signers.ts'
import type { AccountKeys } from './account-keys.ts'

export interface ShardPeer {
  readonly node: string
  readonly blsPublicKey: Hex
}

/** What the host provides: the same operations as references or as native code. */
export interface ShardPorts {
  readonly bls: Pick<Bls, 'verify' | 'aggregate'>
  readonly hashPairs: HashPairs
  readonly sha256: (bytes: Uint8Array) => Uint8Array
  readonly verifyEd25519: VerifyEd25519
  /** Sums of registered keys; keys of the genesis accounts follow from their indices. */
  readonly cosignerKeys: (registered: AccountKeys) => CosignerKeys
}

export interface ShardProps {
  readonly node: string
  readonly shard: number
  /** As the genesis fixed it. */
  readonly config: RollupConfig
  readonly genesisHash: Hex
  /** Validators of the network, this node's own among them. */
  readonly peers: readonly ShardPeer[]
  /** Consensus key of this node; undefined for one that only follows. */
  readonly ownKey: Hex | undefined
  /** Signs a claim's digest with it. */
  readonly sign: ((digest: Uint8Array) => Uint8Array) | undefined
  readonly ports: ShardPorts
}

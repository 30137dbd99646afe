// What a shard is started with, and what its parts work on.

import {
  ROLLUP_CHECKPOINT_BATCHES,
  ROLLUP_CHECKPOINT_MS,
  ROLLUP_CHECKPOINT_PAGES,
  ROLLUP_KEPT_BATCHES,
  ROLLUP_KEPT_BATCHES_MIN,
  ROLLUP_KEPT_BYTES,
  ROLLUP_SYNC_BATCHES,
} from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { VerifyEd25519 } from '../../protocol/crypto/ed25519-strict.ts'
import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import { ROLLUP_CHALLENGE_SECONDS } from '../../protocol/params.ts'
import type { RollupConfig } from '../../protocol/rollup/rollup-storage.ts'
import type { ShardPlace } from '../../protocol/rollup/shard-place.ts'
import type { CosignerKeys } from '../../protocol/rollup/signers.ts'
import type { AccountKeys } from './account-keys.ts'
import type { ChallengerKey } from './challenger.ts'

/** More shards than there can be. */
const SERIES = 256

export interface ShardPeer {
  readonly node: string
  readonly blsPublicKey: Hex
}

/** What the host provides: the same operations as references or as native code. */
export interface ShardPorts {
  readonly bls: Pick<Bls, 'verify' | 'aggregate' | 'verifyAggregate'>
  readonly hashPairs: HashPairs
  readonly sha256: (bytes: Uint8Array) => Uint8Array
  readonly verifyEd25519: VerifyEd25519
  /** Sums of registered keys; keys of the genesis accounts follow from their indices. */
  readonly cosignerKeys: (registered: AccountKeys) => CosignerKeys
}

/** How long a shard keeps what; as config/limits.ts says where a test does not say otherwise. */
export interface Keeping {
  readonly checkpointBatches: number
  readonly checkpointMs: number
  /** Before a checkpoint counts: as long as its root can be challenged. */
  readonly settledSeconds: number
  readonly pages: number
  readonly batches: number
  readonly batchesMin: number
  readonly bytes: number
  /** Who lacks more batches than this takes a peer's checkpoint. */
  readonly missing: number
}

export const KEEPING: Keeping = {
  checkpointBatches: ROLLUP_CHECKPOINT_BATCHES,
  checkpointMs: ROLLUP_CHECKPOINT_MS,
  settledSeconds: ROLLUP_CHALLENGE_SECONDS,
  pages: ROLLUP_CHECKPOINT_PAGES,
  batches: ROLLUP_KEPT_BATCHES,
  batchesMin: ROLLUP_KEPT_BATCHES_MIN,
  bytes: ROLLUP_KEPT_BYTES,
  missing: ROLLUP_SYNC_BATCHES,
}

/** The shards that there are, since their number has changed. */
export interface ShardNumbers {
  /** How often it has changed. */
  readonly generation: number
  readonly shards: number
  /** Number above which this shard's claims are since then. */
  readonly begins: number
}

export interface ShardProps {
  readonly node: string
  readonly shard: number
  /** As the genesis fixed it. */
  readonly config: RollupConfig
  readonly genesisHash: Hex
  /** Validators of the network, this node's own among them. */
  readonly peers: readonly ShardPeer[]
  /** Undefined while the number is that of the genesis. */
  readonly numbers?: ShardNumbers | undefined
  /** Consensus key of this node; undefined for one that only follows. */
  readonly ownKey: Hex | undefined
  /** Signs a claim's digest with it. */
  readonly sign: ((digest: Uint8Array) => Uint8Array) | undefined
  readonly ports: ShardPorts
  readonly keeping?: Keeping | undefined
  /** Pays the bond of a challenge; without it the node only says what it has found. */
  readonly challenger?: ChallengerKey | undefined
}

type Numbered = Pick<ShardProps, 'shard' | 'config' | 'numbers'>

/** The shard's number, and of how many. */
export function placeOf({ shard, config, numbers }: Numbered): ShardPlace {
  return { shard, shards: numbers?.shards ?? config.shards }
}

/** The shard that has what this one had, where their number has halved since. */
export function heirOf(props: Numbered): number | undefined {
  const { shard, shards } = placeOf(props)
  const half = shards / 2
  return Number.isInteger(half) && shard >= half ? shard - half : undefined
}

/** Rows of a shard begin with it: shards of another numbering have rows of their own. */
export function seriesOf({ shard, numbers }: Pick<Numbered, 'shard' | 'numbers'>): number {
  return seriesIn(numbers?.generation ?? 0, shard)
}

/** The same, of a shard after so many changes of their number. */
export function seriesIn(generation: number, shard: number): number {
  return SERIES * generation + shard
}

/** The shard whose rows they are, under its number of then. */
export const shardOfSeries = (series: number) => series % SERIES

/** Whether nothing has followed the change after which the shard began. */
export function isAtBegin({ numbers }: Pick<Numbered, 'numbers'>, number: number): boolean {
  return numbers !== undefined && numbers.begins > 0 && numbers.begins === number
}

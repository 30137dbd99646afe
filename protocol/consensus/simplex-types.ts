// The consensus core's world: what it is told (events) and what it wants done (effects). The core
// itself is pure: the same file decides in production and in the simulator.

import type { Hex } from '../../lib/hex.ts'
import type { Bls, Vrf } from '../crypto/signatures.ts'
import type { Evidence } from '../staking/evidence.ts'
import type { Certificate } from './certificate.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ConsensusMessage } from './consensus-message.ts'
import type { EpochRules } from './epoch-rules.ts'
import type { ChainIdentity } from './vote.ts'

/** A node that takes part, or may one day. */
export interface Peer {
  readonly node: string
  /** 48 bytes. */
  readonly blsPublicKey: Hex
}

export interface ValidatorKeys {
  /** 48 bytes, of `secretKey`. */
  readonly blsPublicKey: Hex
  /** 32 bytes. */
  readonly secretKey: Uint8Array
  /** 32 bytes. */
  readonly vrfSecretKey: Uint8Array
}

export interface SimplexConfig {
  readonly chain: ChainIdentity
  readonly bls: Bls
  readonly vrf: Vrf
  /** Our own name among the peers. */
  readonly node: string
  readonly peers: readonly Peer[]
  /** Undefined follows without voting. */
  readonly keys: ValidatorKeys | undefined
  readonly deltaMaxMs: number
  readonly emptyBlockIntervalMs: number
  readonly statusIntervalMs: number
  readonly clockAheadMaxMs: number
  /**
   * What these keys signed before is lost: nothing is signed until two epochs have ended without a
   * vote of ours being seen.
   */
  readonly lostSignState?: boolean
}

export interface FinalBlock {
  readonly hash: Hex
  readonly height: number
  readonly epoch: number
  /** Of the block's finality certificate. */
  readonly view: number
  readonly timestampMs: number
  /** Undefined for genesis. */
  readonly certificate: Certificate | undefined
}

/** The stake checkpoint that is being signed: of the epoch that ended last. */
export interface OpenCheckpoint {
  readonly checkpoint: Checkpoint
  /** Under which it is signed. */
  readonly rules: EpochRules
  /** A final block has brought its certificate. */
  readonly certified: boolean
}

/** What follows a final block, read from the state after it. */
export interface Following {
  readonly rules: EpochRules
  /** Undefined in the first epoch. */
  readonly checkpoint: OpenCheckpoint | undefined
}

/** What was made durable before it left: a message of ours, or what justified it. */
export interface SignRecord {
  readonly epoch: number
  /** 0 for the stake checkpoint of the epoch. */
  readonly view: number
  /** Orders the records of one view: 0-4 our signed messages, 5 a proposal seen, 6-7 N and L. */
  readonly slot: number
  readonly message: Uint8Array
}

export interface Place {
  readonly epoch: number
  readonly view: number
}

export interface Now {
  /** Monotonic milliseconds. */
  readonly now: number
  /** Unix milliseconds. */
  readonly wall: number
}

export interface FetchedBlock {
  readonly block: Uint8Array
  readonly certificate: Uint8Array
}

export type SimplexEvent =
  | {
      readonly type: 'start'
      readonly final: FinalBlock
      readonly following: Following
      readonly records: readonly SignRecord[]
      /** The highest place in which these keys have ever signed, as recorded here. */
      readonly signedTo: Place | undefined
    }
  | { readonly type: 'message'; readonly from: string; readonly message: ConsensusMessage }
  | { readonly type: 'timer'; readonly name: TimerName }
  | {
      readonly type: 'built'
      readonly epoch: number
      readonly view: number
      readonly block: Uint8Array | undefined
      readonly code: string
    }
  | { readonly type: 'checked'; readonly hash: Hex; readonly ok: boolean; readonly code: string }
  | { readonly type: 'persisted'; readonly id: number }
  | {
      readonly type: 'finalised'
      readonly hash: Hex
      readonly code: string
      /** Where the block ended its epoch. */
      readonly following: Following | undefined
    }
  | { readonly type: 'transaction-waiting' }
  /** Final blocks of a peer, above our last one, in order. */
  | { readonly type: 'fetched'; readonly blocks: readonly FetchedBlock[] }

export type TimerName =
  | 'propose'
  | 'lead'
  | 'advance'
  | 'empty'
  | 'rebroadcast'
  | 'status'
  | 'fetch'

export type SimplexEffect =
  | { readonly type: 'send'; readonly to: string; readonly message: Uint8Array }
  /** To all peers but ourselves. */
  | { readonly type: 'broadcast'; readonly message: Uint8Array }
  /** Make the records durable, then give the event `persisted`. */
  | { readonly type: 'persist'; readonly id: number; readonly records: readonly SignRecord[] }
  /** Records up to this place are no longer needed, but for the checkpoints of this epoch and of
   *  the one before. */
  | { readonly type: 'forget'; readonly upTo: Place }
  | {
      readonly type: 'build'
      readonly epoch: number
      readonly mode: number
      readonly view: number
      readonly proposer: number
      readonly parent: Hex
      readonly timestampMs: number
      readonly randomness: Hex
      readonly sidecar: Uint8Array
      readonly allowEmpty: boolean
    }
  | {
      readonly type: 'check'
      readonly hash: Hex
      readonly block: Uint8Array
      /** A certificate makes it final: it is no question whether it holds. */
      readonly isFinal: boolean
    }
  | { readonly type: 'finalise'; readonly hash: Hex; readonly certificate: Uint8Array }
  | { readonly type: 'timer'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'cancel'; readonly name: TimerName }
  /** Get final blocks above this height from a peer. */
  | { readonly type: 'fetch'; readonly aboveHeight: number }
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  /** Something of a peer's was refused and changed nothing. */
  | {
      readonly type: 'refused'
      readonly code: string
      /** The node that sent it, or whose vote it is; undefined where nobody is to blame. */
      readonly from: string | undefined
      readonly fields: Record<string, unknown>
    }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly event: string
      readonly fields: Record<string, unknown>
    }
  | { readonly type: 'reached'; readonly mark: string }

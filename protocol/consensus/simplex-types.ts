// The consensus core's world: what it is told (events) and what it wants done (effects). The core
// itself is pure: the same file decides in production and in the simulator.

import type { Hex } from '../../lib/hex.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { Certificate } from './certificate.ts'
import type { ConsensusMessage } from './consensus-message.ts'
import type { EpochRules } from './epoch-rules.ts'
import type { ChainIdentity } from './vote.ts'
import type { Contradiction } from './vote-book.ts'

export interface SimplexConfig {
  readonly rules: EpochRules
  readonly chain: ChainIdentity
  readonly bls: Bls
  /** Our place in the set; undefined follows without voting. */
  readonly index: number | undefined
  /** 32 bytes; undefined follows without voting. */
  readonly secretKey: Uint8Array | undefined
  readonly blockTimeMs: number
  readonly deltaMs: number
  readonly deltaMaxMs: number
  readonly emptyBlockIntervalMs: number
  readonly statusIntervalMs: number
  readonly clockAheadMaxMs: number
}

export interface FinalBlock {
  readonly hash: Hex
  readonly height: number
  readonly view: number
  readonly timestampMs: number
  /** Undefined for genesis. */
  readonly certificate: Certificate | undefined
}

/** What was made durable before it left: a message of ours, or what justified it. */
export interface SignRecord {
  readonly view: number
  /** Orders the records of one view: 0-3 our signed messages, 4 a proposal seen, 5-6 N and L. */
  readonly slot: number
  readonly message: Uint8Array
}

export interface Now {
  /** Monotonic milliseconds. */
  readonly now: number
  /** Unix milliseconds. */
  readonly wall: number
}

export type SimplexEvent =
  | { readonly type: 'start'; readonly final: FinalBlock; readonly records: readonly SignRecord[] }
  | { readonly type: 'message'; readonly from: number; readonly message: ConsensusMessage }
  | { readonly type: 'timer'; readonly name: TimerName }
  | {
      readonly type: 'built'
      readonly view: number
      readonly block: Uint8Array | undefined
      readonly code: string
    }
  | { readonly type: 'checked'; readonly hash: Hex; readonly ok: boolean; readonly code: string }
  | { readonly type: 'persisted'; readonly id: number }
  | { readonly type: 'finalised'; readonly hash: Hex; readonly code: string }
  | { readonly type: 'transaction-waiting' }
  /** Final blocks of a peer, above our last one, in order. */
  | {
      readonly type: 'fetched'
      readonly blocks: readonly { readonly block: Uint8Array; readonly certificate: Uint8Array }[]
    }

export type TimerName =
  | 'propose'
  | 'lead'
  | 'advance'
  | 'empty'
  | 'rebroadcast'
  | 'status'
  | 'fetch'

export type SimplexEffect =
  | { readonly type: 'send'; readonly to: number; readonly message: Uint8Array }
  | { readonly type: 'broadcast'; readonly message: Uint8Array }
  /** Make the records durable, then give the event `persisted`. */
  | { readonly type: 'persist'; readonly id: number; readonly records: readonly SignRecord[] }
  /** Records of views at or below this one are no longer needed. */
  | { readonly type: 'forget'; readonly view: number }
  | {
      readonly type: 'build'
      readonly view: number
      readonly parent: Hex
      readonly timestampMs: number
      readonly randomness: Hex
      readonly sidecar: Uint8Array
      readonly allowEmpty: boolean
    }
  | { readonly type: 'check'; readonly hash: Hex; readonly block: Uint8Array }
  | { readonly type: 'finalise'; readonly hash: Hex; readonly certificate: Uint8Array }
  | { readonly type: 'timer'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'cancel'; readonly name: TimerName }
  /** Get final blocks above this height from a peer. */
  | { readonly type: 'fetch'; readonly aboveHeight: number }
  | { readonly type: 'evidence'; readonly contradiction: Contradiction }
  | { readonly type: 'evidence-proposals'; readonly leader: number; readonly view: number }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn'
      readonly event: string
      readonly fields: Record<string, unknown>
    }
  | { readonly type: 'reached'; readonly mark: string }

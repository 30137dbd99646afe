// What a starting and running cluster reports to whoever prints it (the screen, --json, tests).

import type { Hex } from '../../lib/hex.ts'
import type { ChainFacts } from './chain-facts.ts'

export type ClusterEvent =
  /** A start-up step is done. */
  | { readonly type: 'step'; readonly name: string; readonly ms: number; readonly detail: string }
  /** Something works less well than it could, or not at all; the rest goes on. */
  | { readonly type: 'warning'; readonly message: string }
  /** A model file being fetched. */
  | {
      readonly type: 'download'
      readonly model: string
      readonly file: string
      readonly bytes: number
      readonly totalBytes: number
    }
  | { readonly type: 'ready'; readonly ms: number; readonly publicKeys: boolean }
  /** Once a second while the cluster runs. */
  | { readonly type: 'status'; readonly status: ClusterStatus }

export interface ClusterStatus {
  readonly height: number
  readonly mode: string
  /** As the first validator that answers sees it; undefined when none does. */
  readonly facts: ChainFacts | undefined
  readonly finalityMs: { readonly p50: number | undefined; readonly p99: number | undefined }
  readonly validators: readonly {
    readonly id: string
    readonly height: number
    readonly blockHash: Hex
    readonly stateRoot: Hex
  }[]
  readonly jobs: Readonly<Record<string, number>>
}

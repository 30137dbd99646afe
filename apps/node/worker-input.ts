// What the starting thread gives a worker thread, and what it hears back. Plain data only.

import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { LogLine } from '../../runtime/ports.ts'
import type { NodeKeys } from './keys/node-keys.ts'
import type { HostPlan } from './plan.ts'
import type { Upkeep } from './upkeep.ts'

export interface WorkerInput {
  readonly plan: HostPlan
  readonly topology: Topology
  readonly network: Network
  /** Absolute. Each node keeps its state in a folder of its own below. */
  readonly dataDirectory: string
  /** Of the host's node; undefined where keys are public. */
  readonly keys?: NodeKeys | undefined
  /** How the node begins its chain and what it keeps of it; nothing special when absent. */
  readonly upkeep?: Upkeep | undefined
  /** Where the thread's host counts, for others to read; given by whoever starts the thread. */
  readonly counters?: SharedArrayBuffer
}

export type WorkerReport =
  | {
      readonly type: 'started'
      readonly name: string
      readonly ms: number
      readonly actors: number
    }
  | { readonly type: 'failed'; readonly name: string; readonly message: string }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'stopped'; readonly name: string }

export interface StopRequest {
  readonly type: 'stop'
}

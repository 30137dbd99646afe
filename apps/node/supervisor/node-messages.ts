// What a supervisor and a node process tell each other over the process channel.

import type { Environment } from '../../../config/env.ts'
import type { Topology } from '../../../config/topology-schema.ts'
import type { ClusterEvent, ClusterStatus } from '../cluster-events.ts'
import type { KeyAccess } from '../keys/node-keys.ts'
import type { NodeAddresses } from '../node-addresses.ts'

export interface BeginNode {
  readonly type: 'begin'
  /** With its ports written out. */
  readonly topology: Topology
  readonly node: string
  readonly dataDirectory: string
  readonly environment: Environment
  readonly access?: KeyAccess | undefined
}

export type ToNode = BeginNode | { readonly type: 'status' } | { readonly type: 'stop' }

export type FromNode =
  | { readonly type: 'event'; readonly event: ClusterEvent }
  /** It serves; `linked` follows when it has heard of every other node's chain. */
  | {
      readonly type: 'ready'
      readonly addresses: NodeAddresses
      readonly height: number
      readonly detail: string
    }
  | { readonly type: 'linked' }
  | { readonly type: 'status'; readonly status: ClusterStatus }
  | {
      readonly type: 'failed'
      readonly code: string | undefined
      readonly message: string
      readonly hint: string | undefined
    }

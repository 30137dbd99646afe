// What the bench and its generator's process say to each other.

import type { SentLoad } from '../load-figures.ts'

export interface GeneratorSetup {
  /** What it sends: transfers, or calls that read. */
  readonly kind: 'transfers' | 'reads'
  readonly rpc: string
  readonly ws: string
  readonly chainId: bigint
  readonly accounts: number
  readonly maxFeePerGas: bigint
  /** Requests at a time, each over a connection of its own and with senders of its own. */
  readonly lanes: number
}

export type ToGenerator =
  | { readonly do: 'setup'; readonly setup: GeneratorSetup }
  | { readonly do: 'sign'; readonly times: Float64Array }
  | { readonly do: 'run'; readonly expireMs: number }
  | { readonly do: 'drain'; readonly withinMs: number }
  | { readonly do: 'record' }

/** What the generator knows of the chain, to be compared with what the chain itself says. */
export interface GeneratorRecord {
  /** 32 bytes each, of what was counted as committed. */
  readonly committed: Uint8Array
  /** Blocks that may hold them, both included. */
  readonly fromBlock: number
  readonly toBlock: number
  /** Transfers that took effect, by number of the account: sent, and received. */
  readonly sent: Uint32Array
  readonly received: Uint32Array
  readonly value: bigint
}

export type FromGenerator =
  | { readonly done: 'setup' | 'sign' }
  | { readonly done: 'drain'; readonly empty: boolean }
  | { readonly done: 'run'; readonly load: SentLoad }
  | { readonly done: 'record'; readonly record: GeneratorRecord }

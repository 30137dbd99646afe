// What the bench and the process of its generator say to each other.

import type { SentLoad } from '../../../harness/load-figures.ts'
import type { Spread } from './submission.ts'

export type Senders = 'summed' | 'checked'

export interface GeneratorSetup {
  /** Of gateways, without a path: connections are spread over them, and go on at the next one. */
  readonly ws: readonly string[]
  readonly accounts: number
  /** Percent. */
  readonly absent: number
  readonly groups: number
  /** 'checked': each sender gives an ordinary signature and a co-signature of its own. */
  readonly senders?: Senders
  readonly spread?: Spread
  /** So many accounts at the front send nothing: they are somebody else's. */
  readonly reserved?: number
}

export interface RunTerms {
  readonly name: string
  readonly perSecond: number
  readonly seconds: number
  readonly expireMs: number
}

export type ToGenerator =
  | { readonly do: 'setup'; readonly setup: GeneratorSetup }
  | { readonly do: 'prepare'; readonly terms: RunTerms }
  | { readonly do: 'run' }
  | { readonly do: 'drain'; readonly withinMs: number }
  | { readonly do: 'record' }

/** A batch as the generator heard of it. */
export interface HeardBatch {
  readonly shard: number
  readonly number: number
  readonly claim: string
  readonly txRoot: string
  /** Transfers of ours that became final with it, and those of them that were counted in a run. */
  readonly final: number
  readonly counted: number
}

export interface GeneratorRecord {
  readonly batches: readonly HeardBatch[]
  readonly counted: number
  /** Roots that were refused, and why. */
  readonly refusedRoots: readonly string[]
}

export type FromGenerator =
  | { readonly done: 'setup' | 'prepare' }
  | { readonly done: 'drain'; readonly empty: boolean }
  | { readonly done: 'run'; readonly load: SentLoad }
  | { readonly done: 'record'; readonly record: GeneratorRecord }

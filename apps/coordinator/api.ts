// What a route is, and what every route can reach.

import type { z } from 'zod'
import type { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { SchedulerMessages } from '../../actors/messages/scheduler.ts'
import type { ShardMessages } from '../../actors/messages/shard.ts'
import type { Hex } from '../../lib/hex.ts'
import type { ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import type { ShareProof } from '../../protocol/light/genesis-share.ts'
import type { AskNames, Body, Reply } from '../../runtime/messages.ts'
import type { Cause } from '../../runtime/trace/cause.ts'
import type { HttpSink } from '../../transport/http/http-server.ts'
import type { ClusterStatus } from '../node/cluster-events.ts'
import type { Nonces } from './nonces.ts'
import type { ReadModel } from './read-model.ts'
import type { Replays } from './replays.ts'
import type { Tokens } from './tokens.ts'

type SchedulerVerbs = (typeof SchedulerMessages)['verbs']
type ShardVerbs = (typeof ShardMessages)['verbs']
type ArchiveVerbs = (typeof ArchiveMessages)['verbs']

export interface ApiContext {
  readonly chainId: bigint
  readonly genesisHash: Hex
  readonly validatorSetHash: Hex
  readonly validatorSet: ValidatorSet
  /** Of the genesis. */
  readonly genesisShare: ShareProof
  readonly nonces: Nonces
  readonly tokens: Tokens
  readonly jobs: ReadModel
  readonly replays: Replays
  status(): Promise<ClusterStatus>
  /** Asks the scheduler; rejects with ApiError. */
  scheduler<N extends AskNames<SchedulerVerbs>>(
    verb: N,
    body: Body<SchedulerVerbs, N>,
    withinMs?: number,
  ): Promise<Reply<SchedulerVerbs, N>>
  /** The same, with all asks a part of a trace. */
  under(cause: Cause): ApiContext
  /** Asks an archive, the next one when one is down; rejects with ApiError. */
  archive<N extends AskNames<ArchiveVerbs>>(
    verb: N,
    body: Body<ArchiveVerbs, N>,
  ): Promise<Reply<ArchiveVerbs, N>>
  /** The same of the shard of an account or of a lock. */
  shard<N extends AskNames<ShardVerbs>>(
    index: number,
    verb: N,
    body: Body<ShardVerbs, N>,
  ): Promise<Reply<ShardVerbs, N>>
}

export interface ApiRequest<B> {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly remoteAddress: string
  readonly signal: AbortSignal
  readonly body: B
  /** The signed-in account; the zero address on public routes without a token. */
  readonly account: Hex
}

export interface ApiReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Becomes JSON. */
  readonly json?: unknown
  /** JSON text, sent as it is. */
  readonly text?: string
  /** Server-sent events. */
  readonly events?: (sink: HttpSink) => Promise<void>
}

export interface ApiRoute<B = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Under the server's root, `:name` for parameters. */
  readonly path: string
  readonly access: 'public' | 'account'
  readonly summary: string
  /** Absent: the route takes no body. */
  readonly body?: z.ZodType<B>
  /** Names of the query's parameters; others are refused. */
  readonly query?: readonly string[]
  /** Begins a trace when the client brings none; otherwise only a client's trace is gone on with. */
  readonly traced?: true
  /** Calls a minute per account, or per address on public routes. */
  readonly perMinute?: number
  handle(request: ApiRequest<B>, api: ApiContext): Promise<ApiReply>
}

export function apiRoute<B>(route: ApiRoute<B>): ApiRoute<unknown> {
  return route as unknown as ApiRoute<unknown>
}

// What the scheduler's parts share.

import type { Hex } from '../../lib/hex.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import type { Context } from '../../runtime/context.ts'
import type { EventLog } from './event-log.ts'
import type { JobBook } from './job-book.ts'
import type { JobRecord } from './job-record.ts'
import type { MoneyDesk } from './money-desk.ts'
import type { WorkerDesk } from './worker-desk.ts'

export interface SchedulerProps {
  readonly chainId: bigint
  /** The coordinator's key, with a little money for gas, used by nobody else. */
  readonly secretKey: Uint8Array
  readonly address: Hex
  readonly secp256k1: Secp256k1
  /** Keys of the nodes whose archive and mempool are used; the next one when one is silent. */
  readonly nodes: readonly string[]
  /** Of the rollup, at first. */
  readonly shards: number
  readonly heartbeatMs: number
}

/** What is known, since this start, of work that was pushed to a worker. */
export interface Pushed {
  readonly attempt: number
  askedAt: number
  acknowledged: boolean
  /** Heartbeats in a row that did not list the job. */
  unlisted: number
  /** Chunks in order; undefined once one is missing. */
  chunks: string[] | undefined
  chunkBytes: number
  /** Monotonic milliseconds at which the worker was told to stop. */
  cancelledAt?: number
}

export interface Desk {
  readonly ctx: Context
  readonly props: SchedulerProps
  readonly book: JobBook
  readonly money: MoneyDesk
  readonly workers: WorkerDesk
  readonly events: EventLog
  readonly pushed: Map<Hex, Pushed>
  /** Those who wait until a job's escrow is open, or can never be. */
  readonly opening: Map<Hex, (() => void)[]>
  /** Steps under way of jobs that are traced, by job and name; the call ends one. */
  readonly spans: Map<string, () => void>
  /** Jobs and idempotency keys that are being submitted. */
  readonly reading: Set<Hex>
  /** Jobs of locks that are handed in or looked for, and when the others last were (monotonic). */
  readonly asking: Set<Hex>
  readonly lookedAt: Map<Hex, number>
  /** Shards of the rollup as far as is known, and when that was asked for last (monotonic). */
  readonly shards: { count: number; askedAt: number }
  /** By shard: the node that was said last to sequence it. */
  readonly sequencers: Map<number, string>
  /** Goes on with a job whose lock is to be emptied. */
  advance(job: JobRecord): void
  /** The newest final block that was read. */
  readonly head: { height: number; timestamp: number }
  /** Monotonic milliseconds of this start. */
  readonly startedAt: number
  /** Index into props.nodes. */
  archive: number
}

export function archiveOf(desk: Desk): string {
  return desk.props.nodes[desk.archive % desk.props.nodes.length] as string
}

/** Unix seconds: the chain's or this machine's clock, whichever is ahead. */
export function seconds(desk: Desk): number {
  return Math.max(desk.head.timestamp, Math.floor(desk.ctx.wallTime() / 1000))
}

// The jobs' part of the audit: every lock, settle and refund of the claims against what the
// generator heard, lock by lock, and their money against that of all accounts.

import type { Claim } from '../../../protocol/rollup/claim.ts'
import { type OperationTerms, termsOf } from '../../../protocol/rollup/operation-terms.ts'
import {
  LOCK_WORDS,
  type Operations,
  REFUND_WORDS,
  readOperation,
  SETTLE_WORDS,
} from '../../../protocol/rollup/operations.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import type { BatchLook } from '../rollup/audit-rollup.ts'
import type { HeardOperations, JobRecord } from './jobs/job-messages.ts'

const KINDS = ['locks', 'settles', 'refunds'] as const

function* termsIn({ settles, refunds, locks }: Operations): Generator<OperationTerms> {
  const parts = [
    [settles, SETTLE_WORDS],
    [refunds, REFUND_WORDS],
    [locks, LOCK_WORDS],
  ] as const
  for (const [words, size] of parts) {
    for (let at = 0; at < words.length; at += size) {
      const terms = termsOf(readOperation(words, at))
      if (terms) yield terms
    }
  }
}

export class JobsAudit implements BatchLook {
  private readonly record: JobRecord
  private readonly config: RollupConfig
  private readonly heard: Map<number, HeardOperations>
  /** What each lock holds now. */
  private readonly held = new Map<number, OperationTerms>()
  private readonly counts = { locks: 0, settles: 0, refunds: 0 }
  private unheard = 0
  private locked = 0n
  private paid = 0n
  private returned = 0n

  constructor(record: JobRecord, config: RollupConfig) {
    this.record = record
    this.config = config
    this.heard = new Map(record.batches.map((batch) => [batch.number, batch]))
  }

  batch(claim: Claim, bytes: Uint8Array): string[] {
    const heard = this.heard.get(claim.number)
    this.heard.delete(claim.number)
    const faults: string[] = []
    for (const kind of KINDS) {
      const more = claim[kind] - (heard?.[kind] ?? 0)
      this.counts[kind] += claim[kind]
      this.unheard += more
      if (more < 0) faults.push(`${claim[kind]} ${kind}, ${heard?.[kind]} were counted`)
    }
    const read = readBody(bytes)
    if (!read.ok) return [...faults, read.code]
    for (const terms of termsIn(read.body.operations)) {
      const fault = this.take(terms)
      if (fault) faults.push(fault)
    }
    return faults
  }

  private take(terms: OperationTerms): string {
    const { kind, lock, amount, deadline, owner, payee, use } = terms
    const held = this.held.get(lock)
    if (kind === 'lock') {
      if (held) return `lock ${lock} is filled while it is held`
      this.held.set(lock, terms)
      this.locked += amount
      return ''
    }
    const isIt = held?.owner === owner && held.payee === payee && held.use === use
    if (!held || !isIt || held.deadline !== deadline || held.amount < amount) {
      return `${kind} of lock ${lock} is not of what it holds`
    }
    this.held.delete(lock)
    if (kind === 'settle') this.paid += amount
    this.returned += kind === 'settle' ? held.amount - amount : amount
    return ''
  }

  end({ table }: ShardState): { lines: string[]; faults: string[] } {
    const { record, config, counts, locked, paid, returned, unheard } = this
    const faults = [...this.heard.keys()].map(
      (number) => `batch ${number} had jobs and is not there`,
    )
    if (unheard > 2 * record.doubtful) faults.push(`${unheard} operations that nobody counted`)
    let still = 0n
    for (const { amount } of this.held.values()) still += amount
    if (locked !== paid + returned + still) {
      faults.push(`${locked} units locked, ${paid} paid, ${returned} returned, ${still} held`)
    }
    const isHeard = record.locked === locked && record.paid === paid && record.returned === returned
    if (record.doubtful === 0 && !isHeard) {
      faults.push(`${record.locked}, ${record.paid}, ${record.returned} units were counted`)
    }
    let units = 0n
    for (let slot = 0; slot < table.used; slot++) units += table.balanceOf(slot)
    const all = BigInt(config.accounts) * config.balance
    if (units !== all) faults.push(`${units} units in accounts and locks, ${all} at first`)
    const { locks, settles, refunds } = counts
    const lines = [
      `${locks} locks, ${settles} settles, ${refunds} refunds: ${locked} units locked, ${paid} paid, ${returned} returned, ${still} still held; the money of accounts and locks adds up to that of the genesis`,
    ]
    return { lines: faults.length === 0 ? lines : [], faults }
  }
}

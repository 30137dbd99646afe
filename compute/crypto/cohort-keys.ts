// The keys under a batch's aggregate, summed quickly: of each cohort of 4,096 accounts the sums of
// chunks and of a binary tree over them are kept, so that a few who are absent cost an addition
// each and everybody else none (cohort-plan.ts).
//
// PERF: keys and sums lie uncompressed in one flat buffer per cohort. As objects of the binding
// they would add up in 0.48 µs a key instead of 0.78, but a million of them takes 500 MB and 125 ms
// of every major collection. docs/decisions/0144, 0179.

import blst from '@chainsafe/blst'
import { COHORT_KEYS_BYTES_MAX } from '../../config/shard-limits.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'
import { cohortOf, memberOf } from '../../protocol/rollup/layout.ts'
import type {
  CohortSigners,
  CosignerKeys,
  KeyRun,
  KeysAhead,
  Signers,
} from '../../protocol/rollup/signers.ts'
import { CHUNK_SIZE, CHUNKS, CohortPlanner, ROOT } from './cohort-plan.ts'
import { KEY_BYTES, keyAt, negated, sumBytes, uncompressed } from './key-bytes.ts'
import { COHORT_KEYS_BYTES, COHORT_SUMS_BYTES } from './make-keys.ts'

/**
 * The registry: of registrations that are final. Both keys were checked when the account was
 * registered, and never change.
 */
export interface AccountKeys {
  /** BLS key, 48 bytes, or 96 uncompressed, which spares 17 µs; undefined if not registered. */
  keyOf(index: number): Uint8Array | undefined
  /** Ed25519 key, 32 bytes. */
  spendKeyOf(index: number): Uint8Array | undefined
  /** Sum of a whole cohort's keys, uncompressed, where that is known without adding them up. */
  totalOf?(cohort: number): Uint8Array | undefined
  /** The key follows from its index, so whoever makes keys needs none from here. */
  isDerived?(index: number): boolean
}

export interface CohortKeysOptions {
  /** 'fresh' adds every key of every batch anew: what it costs without partial sums. */
  readonly sums: 'cached' | 'fresh'
  /** For keys and partial sums; totals of whole cohorts are kept besides. */
  readonly bytesMax?: number
}

const SIGNATURE_BYTES = 96

interface Cohort {
  readonly keys: Uint8Array
  readonly isKnown: Uint8Array
  /** By node, of those whose `isSummed` is 1. */
  readonly sums: Uint8Array
  readonly isSummed: Uint8Array
}

/** Of keys and sums: 109 bytes an account. */
export const COHORT_BYTES = COHORT_KEYS_BYTES + COHORT_SUMS_BYTES + COHORT_SIZE + 2 * CHUNKS

function newCohort(
  made: Uint8Array = new Uint8Array(COHORT_KEYS_BYTES + COHORT_SUMS_BYTES),
): Cohort {
  return {
    keys: made.subarray(0, COHORT_KEYS_BYTES),
    isKnown: new Uint8Array(COHORT_SIZE),
    sums: made.subarray(COHORT_KEYS_BYTES),
    isSummed: new Uint8Array(2 * CHUNKS),
  }
}

/** What is added up for a batch, and what is taken away again. */
interface Parts {
  readonly plus: Uint8Array[]
  readonly minus: Uint8Array[]
}

/** Undefined when there is nothing to add up. */
function sumOf({ plus, minus }: Parts): blst.PublicKey | undefined {
  // blst cannot subtract: the sum of what is taken away is negated, once a batch.
  const gone = minus.length > 0 ? negated(sumBytes(minus)) : undefined
  const parts = gone ? [...plus, gone] : plus
  return parts.length === 0 ? undefined : blst.aggregateSerializedPublicKeys(parts, false)
}

export class CohortKeys implements CosignerKeys, KeysAhead {
  private readonly accounts: AccountKeys
  private readonly isFresh: boolean
  private readonly bytesMax: number
  /** The one used last comes last. */
  private readonly cohorts = new Map<number, Cohort>()
  private readonly totals = new Map<number, Uint8Array>()
  private readonly planner = new CohortPlanner()

  constructor(accounts: AccountKeys, options: CohortKeysOptions) {
    this.accounts = accounts
    this.isFresh = options.sums === 'fresh'
    this.bytesMax = options.bytesMax ?? COHORT_KEYS_BYTES_MAX
  }

  /** Of keys and sums held now. */
  get bytesHeld(): number {
    return this.cohorts.size * COHORT_BYTES + this.totals.size * KEY_BYTES
  }

  get ahead(): KeysAhead {
    return this
  }

  spendKey(index: number): Uint8Array | undefined {
    return this.accounts.spendKeyOf(index)
  }

  cosignKey(index: number): Uint8Array | undefined {
    const key = this.keyOf(index)
    return key && uncompressed(key)
  }

  verify(signers: Signers, digest: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES) return false
    try {
      const parts: Parts = { plus: [], minus: [] }
      for (const one of signers.dense) if (!this.addCohort(one, parts)) return false
      for (const index of signers.sparse) {
        const key = this.keyOf(index)
        if (!key) return false
        parts.plus.push(key)
      }
      const sum = sumOf(parts)
      if (!sum) return false
      // One check of the group, on the aggregate: a sum of signatures outside of it is outside.
      return blst.verify(digest, sum, blst.Signature.fromBytes(signature), false, true)
    } catch {
      return false
    } finally {
      this.evict()
    }
  }

  runOf(first: number, count: number): KeyRun | undefined {
    const held = this.cohorts.get(cohortOf(first))
    const from = memberOf(first)
    if (held?.isKnown.subarray(from, from + count).every((known) => known === 1)) return undefined
    if (!held && (this.cohorts.size + 1) * COHORT_BYTES > this.bytesMax) return undefined
    if (this.accounts.isDerived?.(first)) return { first, count, keys: undefined }
    const keys: Uint8Array[] = []
    for (let i = 0; i < count; i++) {
      const key = this.accounts.keyOf(first + i)
      if (!key) return undefined
      keys.push(key)
    }
    return { first, count, keys: Buffer.concat(keys) }
  }

  hold({ first, count }: KeyRun, made: Uint8Array): void {
    const cohort = cohortOf(first)
    if (count === COHORT_SIZE) {
      const whole = newCohort(made)
      whole.isKnown.fill(1)
      whole.isSummed.fill(1, ROOT)
      this.cohorts.set(cohort, whole)
      return
    }
    const held = this.use(cohort)
    held.keys.set(made, memberOf(first) * KEY_BYTES)
    held.isKnown.fill(1, memberOf(first), memberOf(first) + count)
  }

  /** False if a signer is not registered. */
  private addCohort({ cohort, present }: CohortSigners, parts: Parts): boolean {
    if (this.isFresh) return this.addEach(cohort, present, parts)
    if (!present) {
      const total = this.total(cohort)
      if (total) parts.plus.push(total)
      return total !== undefined
    }
    const held = this.use(cohort)
    const plan = this.planner.make(present, (chunk, there) => {
      if (held.isSummed[CHUNKS + chunk] === 1) return true
      // Of keys that are not here, only those that are needed.
      return there > CHUNK_SIZE / 2 && this.isWhole(cohort, held, chunk)
    })
    for (const node of plan.plusNodes) parts.plus.push(this.sum(held, node))
    for (const node of plan.minusNodes) parts.minus.push(this.sum(held, node))
    for (const member of plan.minusMembers) parts.minus.push(keyAt(held.keys, member))
    for (const member of plan.plusMembers) {
      const key = this.member(cohort, held, member)
      if (!key) return false
      parts.plus.push(key)
    }
    return true
  }

  /** Kept apart from its cohort: where nobody is absent, nothing else of it is needed. */
  private total(cohort: number): Uint8Array | undefined {
    const kept = this.totals.get(cohort)
    if (kept) return kept
    let total = this.accounts.totalOf?.(cohort)
    if (!total) {
      const held = this.use(cohort)
      for (let chunk = 0; chunk < CHUNKS; chunk++) {
        if (!this.isWhole(cohort, held, chunk)) return undefined
      }
      total = this.sum(held, ROOT).slice()
    }
    this.totals.set(cohort, total)
    return total
  }

  private addEach(cohort: number, present: Uint8Array | undefined, { plus }: Parts): boolean {
    const held = this.use(cohort)
    for (let member = 0; member < COHORT_SIZE; member++) {
      if (present && (((present[member >>> 3] as number) >>> (member & 7)) & 1) === 0) continue
      const key = this.member(cohort, held, member)
      if (!key) return false
      plus.push(key)
    }
    return true
  }

  /** All of its members are registered; then their keys are known. */
  private isWhole(cohort: number, held: Cohort, chunk: number): boolean {
    for (let i = 0; i < CHUNK_SIZE; i++) {
      if (!this.member(cohort, held, chunk * CHUNK_SIZE + i)) return false
    }
    return true
  }

  /** Of all members under a node, which are known. Added up once. */
  private sum(held: Cohort, node: number): Uint8Array {
    if (held.isSummed[node] === 0) {
      const first = (node - CHUNKS) * CHUNK_SIZE
      const parts =
        node < CHUNKS
          ? [this.sum(held, 2 * node), this.sum(held, 2 * node + 1)]
          : Array.from({ length: CHUNK_SIZE }, (_, i) => keyAt(held.keys, first + i))
      held.sums.set(sumBytes(parts), node * KEY_BYTES)
      held.isSummed[node] = 1
    }
    return keyAt(held.sums, node)
  }

  private member(cohort: number, held: Cohort, member: number): Uint8Array | undefined {
    if (held.isKnown[member] === 0) {
      const key = this.accounts.keyOf(cohort * COHORT_SIZE + member)
      if (!key) return undefined
      held.keys.set(uncompressed(key), member * KEY_BYTES)
      held.isKnown[member] = 1
    }
    return keyAt(held.keys, member)
  }

  /** One key by itself does not bring its cohort into memory. */
  private keyOf(index: number): Uint8Array | undefined {
    const cohort = cohortOf(index)
    const held = this.cohorts.get(cohort)
    return held ? this.member(cohort, held, memberOf(index)) : this.accounts.keyOf(index)
  }

  private use(cohort: number): Cohort {
    const held = this.cohorts.get(cohort) ?? newCohort()
    this.cohorts.delete(cohort)
    this.cohorts.set(cohort, held)
    return held
  }

  /** After a check, not during it: what one batch needs may be above the limit for a moment. */
  private evict(): void {
    for (const cohort of this.cohorts.keys()) {
      if (this.cohorts.size * COHORT_BYTES <= this.bytesMax) return
      this.cohorts.delete(cohort)
    }
  }
}

// The keys under a batch's aggregate, summed quickly: each cohort of 4,096 accounts has a binary
// tree of partial sums, so that whoever is absent costs a few additions and everybody else none.
// blst cannot subtract; the sum is over the segments that are wholly there.
//
// PERF: keys and sums lie uncompressed in one flat buffer per cohort. As objects of the binding
// they would add up in 0.48 µs a key instead of 0.78, but a million of them takes 500 MB and 125 ms
// of every major collection. docs/decisions/0144.

import blst from '@chainsafe/blst'
import { COHORT_KEYS_BYTES_MAX } from '../../config/limits.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'
import { cohortOf, memberOf } from '../../protocol/rollup/layout.ts'
import type { CohortSigners, CosignerKeys, Signers } from '../../protocol/rollup/signers.ts'

/**
 * The registry. Both keys were checked when the account was registered, and never change, unless
 * the registration itself is undone: then `forget` it.
 */
export interface AccountKeys {
  /** BLS key, 48 bytes, or 96 uncompressed, which spares 17 µs; undefined if not registered. */
  keyOf(index: number): Uint8Array | undefined
  /** Ed25519 key, 32 bytes. */
  spendKeyOf(index: number): Uint8Array | undefined
  /** Sum of a whole cohort's keys, uncompressed, where that is known without adding them up. */
  totalOf?(cohort: number): Uint8Array | undefined
}

export interface CohortKeysOptions {
  /** 'fresh' adds every key of every batch anew: what it costs without partial sums. */
  readonly sums: 'cached' | 'fresh'
  /** For keys and partial sums; totals of whole cohorts are kept besides. */
  readonly bytesMax?: number
}

const KEY_BYTES = 96
const SIGNATURE_BYTES = 96
const ROOT = 1
const EMPTY = 0
const FULL = 1
const MIXED = 2

/** Nodes are numbered as in a heap: the root 1, children 2i and 2i + 1, members from 4,096 on. */
interface Cohort {
  readonly keys: Uint8Array
  readonly isKnown: Uint8Array
  /** Partial sums, of those nodes whose `isSummed` is 1; made when the first one is needed. */
  sums: Uint8Array
  readonly isSummed: Uint8Array
}

function bytesOf(cohort: Cohort): number {
  return cohort.keys.length + cohort.sums.length + 2 * COHORT_SIZE
}

function keyAt(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES)
}

function uncompressed(key: Uint8Array): Uint8Array {
  return key.length === KEY_BYTES ? key : blst.PublicKey.fromBytes(key).toBytes(false)
}

export class CohortKeys implements CosignerKeys {
  private readonly accounts: AccountKeys
  private readonly isFresh: boolean
  private readonly bytesMax: number
  /** The one used last comes last. */
  private readonly cohorts = new Map<number, Cohort>()
  private readonly totals = new Map<number, Uint8Array>()
  private bytes = 0
  private readonly state = new Uint8Array(2 * COHORT_SIZE)

  constructor(accounts: AccountKeys, options: CohortKeysOptions) {
    this.accounts = accounts
    this.isFresh = options.sums === 'fresh'
    this.bytesMax = options.bytesMax ?? COHORT_KEYS_BYTES_MAX
  }

  /** Bytes of keys and sums held now. */
  get bytesHeld(): number {
    return this.bytes + this.totals.size * KEY_BYTES
  }

  spendKey(index: number): Uint8Array | undefined {
    return this.accounts.spendKeyOf(index)
  }

  verify(signers: Signers, digest: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES) return false
    try {
      const parts: Uint8Array[] = []
      for (const one of signers.dense) if (!this.addCohort(one, parts)) return false
      for (const index of signers.sparse) {
        const key = this.keyOf(index)
        if (!key) return false
        parts.push(key)
      }
      if (parts.length === 0) return false
      const sum = blst.aggregateSerializedPublicKeys(parts, false)
      // One check of the group, on the aggregate: a sum of signatures outside of it is outside.
      return blst.verify(digest, sum, blst.Signature.fromBytes(signature), false, true)
    } catch {
      return false
    } finally {
      this.evict()
    }
  }

  /**
   * Sums a whole cohort ahead of its first batch. False if not all of its accounts are registered.
   */
  prepare(cohort: number): boolean {
    const parts: Uint8Array[] = []
    const isWhole = this.addCohort({ cohort, present: undefined }, parts)
    this.evict()
    return isWhole
  }

  /**
   * The account is not registered after all: the block that registered it was never final, and
   * another account may get its index.
   */
  forget(index: number): void {
    const cohort = cohortOf(index)
    const member = memberOf(index)
    this.totals.delete(cohort)
    const held = this.cohorts.get(cohort)
    if (!held) return
    held.isKnown[member] = 0
    for (let node = (COHORT_SIZE + member) >> 1; node >= ROOT; node >>= 1) held.isSummed[node] = 0
  }

  /** False if a signer is not registered. */
  private addCohort({ cohort, present }: CohortSigners, parts: Uint8Array[]): boolean {
    if (this.isFresh) return this.addEach(cohort, present, parts)
    if (!present) {
      const total = this.total(cohort)
      if (total) parts.push(total)
      return total !== undefined
    }
    this.markNodes(present)
    return this.addNode(cohort, this.use(cohort), ROOT, parts)
  }

  /** Kept apart from its cohort: where nobody is absent, nothing else of it is needed. */
  private total(cohort: number): Uint8Array | undefined {
    const kept = this.totals.get(cohort)
    if (kept) return kept
    const total =
      this.accounts.totalOf?.(cohort) ?? this.sum(cohort, this.use(cohort), ROOT)?.slice()
    if (total) this.totals.set(cohort, total)
    return total
  }

  private addEach(cohort: number, present: Uint8Array | undefined, parts: Uint8Array[]): boolean {
    const held = this.use(cohort)
    for (let member = 0; member < COHORT_SIZE; member++) {
      if (present && (((present[member >>> 3] as number) >>> (member & 7)) & 1) === 0) continue
      const key = this.member(cohort, held, member)
      if (!key) return false
      parts.push(key)
    }
    return true
  }

  /** For each node whether all, some or none of the members under it are present. */
  private markNodes(present: Uint8Array): void {
    const { state } = this
    for (let member = 0; member < COHORT_SIZE; member++) {
      state[COHORT_SIZE + member] = ((present[member >>> 3] as number) >>> (member & 7)) & 1
    }
    for (let node = COHORT_SIZE - 1; node >= ROOT; node--) {
      const [left, right] = [state[2 * node], state[2 * node + 1]]
      state[node] = left === right ? (left as number) : MIXED
    }
  }

  private addNode(cohort: number, held: Cohort, node: number, parts: Uint8Array[]): boolean {
    const state = this.state[node] as number
    if (state === EMPTY) return true
    if (state === FULL) {
      const sum = this.sum(cohort, held, node)
      if (sum) parts.push(sum)
      return sum !== undefined
    }
    return (
      this.addNode(cohort, held, 2 * node, parts) && this.addNode(cohort, held, 2 * node + 1, parts)
    )
  }

  /**
   * Of all members under the node. Added up once, out of the largest sums below that are there:
   * never more additions than without any tree.
   */
  private sum(cohort: number, held: Cohort, node: number): Uint8Array | undefined {
    if (node >= COHORT_SIZE) return this.member(cohort, held, node - COHORT_SIZE)
    if (held.isSummed[node] === 1) return keyAt(held.sums, node)
    const parts: Uint8Array[] = []
    if (!this.addBelow(cohort, held, node, parts)) return undefined
    if (held.sums.length === 0) {
      held.sums = new Uint8Array(COHORT_SIZE * KEY_BYTES)
      this.bytes += held.sums.length
    }
    const sum = blst.aggregateSerializedPublicKeys(parts, false).toBytes(false)
    held.sums.set(sum, node * KEY_BYTES)
    held.isSummed[node] = 1
    return sum
  }

  private addBelow(cohort: number, held: Cohort, node: number, parts: Uint8Array[]): boolean {
    for (const child of [2 * node, 2 * node + 1]) {
      if (child >= COHORT_SIZE) {
        const key = this.member(cohort, held, child - COHORT_SIZE)
        if (!key) return false
        parts.push(key)
      } else if (held.isSummed[child] === 1) parts.push(keyAt(held.sums, child))
      else if (!this.addBelow(cohort, held, child, parts)) return false
    }
    return true
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
    let held = this.cohorts.get(cohort)
    if (held) this.cohorts.delete(cohort)
    else {
      held = {
        keys: new Uint8Array(COHORT_SIZE * KEY_BYTES),
        isKnown: new Uint8Array(COHORT_SIZE),
        sums: new Uint8Array(0),
        isSummed: new Uint8Array(COHORT_SIZE),
      }
      this.bytes += bytesOf(held)
    }
    this.cohorts.set(cohort, held)
    return held
  }

  /** After a check, not during it: what one batch needs may be above the limit for a moment. */
  private evict(): void {
    for (const [cohort, held] of this.cohorts) {
      if (this.bytes <= this.bytesMax) return
      this.cohorts.delete(cohort)
      this.bytes -= bytesOf(held)
    }
  }
}

// One submission: consecutive senders with a transfer each, as dense sections; receivers and
// amounts follow from its seed, so that they need not be kept until they are sent.

import { COHORT_BITS, COHORT_SIZE } from '../../../../protocol/params.ts'
import {
  type Absent,
  BITMAP_BYTES,
  SIGNATURE_BYTES,
} from '../../../../protocol/rollup/body-layout.ts'
import { indexOf } from '../../../../protocol/rollup/layout.ts'
import {
  NOBODY_ABSENT,
  type SectionParts,
  writeBody,
} from '../../../../protocol/rollup/write-body.ts'

export interface SubmissionTerms {
  readonly first: number
  readonly count: number
  readonly accounts: number
  readonly seed: number
  /** Where senders and receivers are; one shard when absent. */
  readonly spread?: Spread
}

/** Senders are numbered shard by shard; a share of the receivers is in another shard. */
export interface Spread {
  readonly shards: number
  /** Percent. */
  readonly far: number
}

const LEAF_WORDS = 8
/** Units; a receiver gets about as much as it sends. */
const AMOUNT_MASK = 1023

export class Submission {
  readonly first: number
  readonly count: number
  readonly to: Uint32Array
  readonly amount: Uint32Array
  readonly shard: number
  private readonly shards: number
  /** Senders of each shard. */
  private readonly each: number

  private readonly terms: SubmissionTerms

  /** Receivers and amounts are drawn, where they are not given. */
  constructor(terms: SubmissionTerms, columns?: { to: Uint32Array; amount: Uint32Array }) {
    const { first, count, accounts, spread } = terms
    const { shards } = spread ?? { shards: 1 }
    this.terms = terms
    this.shards = shards
    this.each = accounts / shards
    this.shard = Math.floor(first / this.each)
    this.first = first
    this.count = count
    this.to = columns?.to ?? new Uint32Array(count)
    this.amount = columns?.amount ?? new Uint32Array(count)
    if (!columns) this.draw()
  }

  private draw(): void {
    const { count, shards, terms } = this
    const { accounts, seed, spread } = terms
    // xorshift32 (Marsaglia, 2003): a few ns a draw.
    let x = (seed ^ 0x9e3779b9) | 1
    for (let i = 0; i < count; i++) {
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      this.to[i] = (x >>> 0) % accounts
      if (shards > 1) this.to[i] = this.receiver(x >>> 0, spread?.far ?? 0)
      this.amount[i] = 1 + ((x >>> 8) & AMOUNT_MASK)
    }
  }

  /** The same transfers of some of its senders. */
  part(offset: number, count: number): Submission {
    const columns = {
      to: this.to.slice(offset, offset + count),
      amount: this.amount.slice(offset, offset + count),
    }
    return new Submission({ ...this.terms, first: this.first + offset, count }, columns)
  }

  /** Drawn by one number: whether it is far, where, and who. */
  private receiver(x: number, far: number): number {
    const { shard, shards, each } = this
    const isFar = x % 100 < far
    const to = isFar ? (shard + 1 + (Math.floor(x / 100) % (shards - 1))) % shards : shard
    return indexOf(to, shards, Math.floor(x / 6400) % each)
  }

  /** The account that sends what is at an offset. */
  indexAt(offset: number): number {
    const { first, shard, shards, each } = this
    return indexOf(shard, shards, first + offset - shard * each)
  }

  private sections(): SectionParts[] {
    const { first, count, to, amount } = this
    const sections: SectionParts[] = []
    for (let at = 0; at < count; ) {
      const cohort = this.indexAt(at) >>> COHORT_BITS
      const member = (first + at) % COHORT_SIZE
      const size = Math.min(COHORT_SIZE - member, count - at)
      let present: Uint8Array | undefined
      if (size < COHORT_SIZE) {
        present = new Uint8Array(BITMAP_BYTES)
        for (let i = member; i < member + size; i++) {
          present[i >>> 3] = (present[i >>> 3] as number) | (1 << (i & 7))
        }
      }
      const part = { to: to.subarray(at, at + size), amount: amount.subarray(at, at + size) }
      sections.push({ kind: 'dense', cohort, present, ...part })
      at += size
    }
    return sections
  }

  /** A draft. */
  body(absent: Absent): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_BYTES)
    const { shard } = this
    return writeBody({ shard, number: 0, signature, sections: this.sections(), absent })
  }

  /** The whole batch, if these were all of its transfers and everybody co-signed. */
  sealed(number: number, signature: Uint8Array): Uint8Array {
    const absent = NOBODY_ABSENT
    const { shard } = this
    return writeBody({ shard, number, signature, sections: this.sections(), absent })
  }

  /** Leaves of the transfer tree, `count` from `offset` on, written to `out` from leaf `at` on. */
  writeLeaves(
    offset: number,
    count: number,
    nonces: Uint32Array,
    out: Uint32Array,
    at: number,
  ): void {
    for (let i = 0, word = at * LEAF_WORDS; i < count; i++, word += LEAF_WORDS) {
      out[word] = this.indexAt(offset + i)
      out[word + 1] = nonces[this.first + offset + i] as number
      out[word + 2] = this.to[offset + i] as number
      out[word + 3] = 0
      out[word + 4] = this.amount[offset + i] as number
      out[word + 5] = 0
      out[word + 6] = 0
      out[word + 7] = 0
    }
  }
}

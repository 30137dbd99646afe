// The transfers of one batch from the time they are taken until it is sealed: whose they are, where
// they stand, and which ordinary signatures came with them.

import { BATCH_TRANSFERS_MAX } from '../../protocol/params.ts'
import { type Absent, SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import { countFitting, fitsBody } from '../../protocol/rollup/body-room.ts'
import { keepTransfers } from '../../protocol/rollup/keep-transfers.ts'
import { NOBODY_ABSENT, type SectionParts, writeBody } from '../../protocol/rollup/write-body.ts'
import { type BatchTimes, noTimes } from './batch-times.ts'
import type { Submission, Taken } from './pending.ts'

/** Transfers of a group that stand one after another both in its submission and in the batch. */
export interface Run {
  readonly submission: number
  readonly offset: number
  readonly first: number
  readonly count: number
}

/** Where the shard has not checked a signature yet. */
export const UNCHECKED = 0xffff_ffff

/** An ordinary signature: its place among others, and the nonce over which it was found good. */
export interface Ordinary {
  readonly absent: Absent
  readonly at: number
  readonly nonce: number
}

/** What is known of the absentees of a batch. */
export interface CheckedAbsent extends Absent {
  readonly nonces: Uint32Array
}

const NOTHING: Taken = {
  sections: [],
  submissions: [],
  submissionOf: new Uint32Array(0),
  offsetOf: new Uint32Array(0),
  from: new Uint32Array(0),
}

function placed(parts: readonly SectionParts[]) {
  let first = 0
  return parts.map((part) => {
    const count = part.to.length
    const section = { ...part, count, first }
    first += count
    return section
  })
}

export class OpenBatch {
  readonly taken: Taken
  readonly times: BatchTimes

  constructor(taken: Taken = NOTHING, times = noTimes()) {
    this.taken = taken
    this.times = times
  }

  get size(): number {
    return this.taken.from.length
  }

  submissionAt(position: number): Submission {
    return this.taken.submissions[this.taken.submissionOf[position] as number] as Submission
  }

  offsetAt(position: number): number {
    return this.taken.offsetOf[position] as number
  }

  /** As the shard takes it: a body with number 0. */
  draft(shard: number): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_BYTES)
    const { sections } = this.taken
    return writeBody({ shard, number: 0, signature, sections, absent: NOBODY_ABSENT })
  }

  /** Without some positions. */
  without(positions: Iterable<number>): OpenBatch {
    const keep = new Uint8Array(this.size).fill(1)
    for (const position of positions) keep[position] = 0
    const { sections, submissions, submissionOf, offsetOf, from } = this.taken
    const stays = (_: number, i: number) => keep[i] === 1
    const left = {
      sections: keepTransfers(placed(sections), keep),
      submissions,
      submissionOf: submissionOf.filter(stays),
      offsetOf: offsetOf.filter(stays),
      from: from.filter(stays),
    }
    return new OpenBatch(left, this.times)
  }

  /** In two, if it does not fit into a body with so many absent; the first part always does. */
  cut(absent: number): [first: OpenBatch, rest: OpenBatch] | undefined {
    const { sections, from } = this.taken
    if (fitsBody(sections, absent)) return undefined
    const positions = [...from.keys()]
    const end = countFitting(sections)
    const rest = this.without(positions.slice(0, end))
    return [this.without(positions.slice(end)), new OpenBatch(rest.taken, { ...this.times })]
  }

  /** By group, in the order of the batch. */
  runs(): Map<number, Run[]> {
    const byGroup = new Map<number, Run[]>()
    const { submissionOf, offsetOf, submissions } = this.taken
    for (let first = 0; first < this.size; ) {
      const which = submissionOf[first] as number
      const offset = offsetOf[first] as number
      let end = first + 1
      while (end < this.size && submissionOf[end] === which) {
        if (offsetOf[end] !== offset + end - first) break
        end++
      }
      const { group, number } = submissions[which] as Submission
      const run = { submission: number, offset, first, count: end - first }
      const known = byGroup.get(group)
      if (known) known.push(run)
      else byGroup.set(group, [run])
      first = end
    }
    return byGroup
  }

  /** Whether ordinary signatures came with all of these. */
  isSigned(runs: readonly Run[]): boolean {
    return runs.every(({ first, count }) => {
      for (let i = first; i < first + count; i++) if (!this.ordinaryAt(i)) return false
      return true
    })
  }

  /** The ordinary signature that came with a transfer. */
  ordinaryAt(position: number): Ordinary | undefined {
    const { body, nonces } = this.submissionAt(position)
    const { absent } = body
    const at = find(absent.positions, this.offsetAt(position))
    return at < 0 ? undefined : { absent, at, nonce: nonces?.[at] ?? UNCHECKED }
  }
}

/** Index of a value in rising values, -1 where it is not. */
export function find(rising: Uint32Array, value: number): number {
  let low = 0
  let high = rising.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const there = rising[middle] as number
    if (there === value) return middle
    if (there < value) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Absentees are collected one by one, in rising order of their positions. */
export class AbsentList {
  private readonly rows: { position: number; ordinary: Ordinary }[] = []

  add(position: number, ordinary: Ordinary): void {
    this.rows.push({ position, ordinary })
  }

  build(): CheckedAbsent {
    const { rows } = this
    rows.sort((a, b) => a.position - b.position)
    const count = Math.min(rows.length, BATCH_TRANSFERS_MAX)
    const column = () => new Uint32Array(count)
    const [positions, maxFees, notAfters, nonces] = [column(), column(), column(), column()]
    const signatures = new Uint8Array(64 * count)
    for (const [i, { position, ordinary }] of rows.entries()) {
      const { absent, at, nonce } = ordinary
      nonces[i] = nonce
      positions[i] = position
      maxFees[i] = absent.maxFees[at] as number
      notAfters[i] = absent.notAfters[at] as number
      signatures.set(absent.signatures.subarray(64 * at, 64 * at + 64), 64 * i)
    }
    return { positions, maxFees, notAfters, signatures, nonces }
  }
}

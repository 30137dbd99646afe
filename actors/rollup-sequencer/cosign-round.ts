// One batch is being co-signed: who has answered, and what the answers make of it.

import type { Absent } from '../../protocol/rollup/body-layout.ts'
import { SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import {
  AbsentList,
  type CheckedAbsent,
  find,
  type OpenBatch,
  type Run,
  UNCHECKED,
} from './open-batch.ts'

export interface Answer {
  /** Empty when all of the group are absent; 96 bytes for each sender that is not where they give
   * their own. */
  readonly signature: Uint8Array
  /** Absentees of the group by their positions in the batch, rising, and what they signed. */
  readonly absent: Absent
  /** Positions whose own signatures did not hold: as absent, with what they signed before. */
  readonly bad?: Uint32Array
}

export interface Cosigned {
  readonly group: number
  /** [first, count] pairs. */
  readonly runs: Uint32Array
  readonly signature: Uint8Array
}

export interface RoundResult {
  readonly cosigned: readonly Cosigned[]
  readonly absent: CheckedAbsent
  /** Neither co-signed nor signed before. */
  readonly unsigned: readonly number[]
  /** Groups to which `unsigned` belong. */
  readonly failed: ReadonlySet<number>
}

/** Runs less the positions that are absent. */
function present(runs: readonly Run[], absent: Uint32Array): Uint32Array {
  const pairs: number[] = []
  for (const { first, count } of runs) {
    let from = first
    // Absentees are few: each splits a run.
    for (const position of absent) {
      if (position < from || position >= first + count) continue
      if (position > from) pairs.push(from, position - from)
      from = position + 1
    }
    if (from < first + count) pairs.push(from, first + count - from)
  }
  return Uint32Array.from(pairs)
}

/** Of whose signatures the answer says that they are not in it, or are bad. */
function goneOf({ absent, bad }: Answer): Uint32Array {
  if (!bad || bad.length === 0) return absent.positions
  const gone = new Uint32Array(absent.positions.length + bad.length)
  gone.set(absent.positions)
  gone.set(bad, absent.positions.length)
  return gone.sort()
}

export class CosignRound {
  readonly batch: OpenBatch
  readonly number: number
  readonly txRoot: string
  private readonly runs: ReadonlyMap<number, readonly Run[]>
  private readonly answers = new Map<number, Answer>()
  private readonly waitingFor: Set<number>
  /** They have answered, and what they gave is being checked. */
  private readonly inCheck = new Set<number>()
  private readonly checked = new Set<number>()

  /** `awaited`: groups without which it is not complete; others may answer until it is. */
  constructor(
    batch: OpenBatch,
    number: number,
    txRoot: string,
    runs: ReadonlyMap<number, readonly Run[]>,
    awaited: Iterable<number>,
  ) {
    this.batch = batch
    this.number = number
    this.txRoot = txRoot
    this.runs = runs
    this.waitingFor = new Set(awaited)
  }

  /** Nobody is waited for any more. */
  get isComplete(): boolean {
    return this.waitingFor.size === 0 && this.inCheck.size === 0
  }

  get silent(): ReadonlySet<number> {
    return this.waitingFor
  }

  /** Time is up: only what is being checked is waited for. */
  close(): void {
    this.waitingFor.clear()
  }

  /**
   * A group's answer has a signature for each sender and is to be checked first: the runs of these.
   * Undefined when nothing is asked of it or there are not so many.
   */
  checkEach(group: number, { signature, absent }: Answer): Uint32Array | undefined {
    const runs = this.runs.get(group)
    if (!runs || this.answers.has(group) || this.checked.has(group)) return undefined
    const pairs = present(runs, absent.positions)
    let count = 0
    for (let i = 1; i < pairs.length; i += 2) count += pairs[i] as number
    if (count * SIGNATURE_BYTES !== signature.length) return undefined
    this.checked.add(group)
    // Who is not waited for is not waited for while it is checked either.
    if (this.waitingFor.delete(group)) this.inCheck.add(group)
    return pairs
  }

  /** The first answer of a group counts. False when nothing is asked of it. */
  answer(group: number, answer: Answer): boolean {
    if (this.answers.has(group) || !this.runs.has(group)) return false
    this.waitingFor.delete(group)
    this.inCheck.delete(group)
    this.answers.set(group, answer)
    return true
  }

  result(): RoundResult {
    const cosigned: Cosigned[] = []
    const list = new AbsentList()
    const unsigned: number[] = []
    const failed = new Set<number>()
    for (const [group, runs] of this.runs) {
      const answer = this.answers.get(group)
      const isSigned = answer?.signature.length === SIGNATURE_BYTES
      if (answer && isSigned) {
        const pairs = present(runs, goneOf(answer))
        if (pairs.length > 0) cosigned.push({ group, runs: pairs, signature: answer.signature })
      }
      const without = this.absentees(runs, answer, isSigned, list)
      if (without.length > 0) failed.add(group)
      for (const position of without) unsigned.push(position)
    }
    unsigned.sort((a, b) => a - b)
    return { cosigned, absent: list.build(), unsigned, failed }
  }

  /** Adds a group's absentees to the list; returns those without any signature. */
  private absentees(
    runs: readonly Run[],
    answer: Answer | undefined,
    isSigned: boolean,
    list: AbsentList,
  ): number[] {
    const without: number[] = []
    const given = answer?.absent
    const add = (position: number) => {
      const at = given && given.maxFees.length > 0 ? find(given.positions, position) : -1
      const ordinary =
        at >= 0 && given ? { absent: given, at, nonce: UNCHECKED } : this.batch.ordinaryAt(position)
      if (ordinary) list.add(position, ordinary)
      else without.push(position)
    }
    for (const { first, count } of runs) {
      if (!isSigned) for (let i = first; i < first + count; i++) add(i)
      else if (answer) {
        for (const position of goneOf(answer)) {
          if (position >= first && position < first + count) add(position)
        }
      }
    }
    return without
  }
}

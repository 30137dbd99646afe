// Operations on locks that wait for a batch of this node, in the order in which they came, and
// those that are in batches which are not final. Each is answered once: when a final batch contains
// it, or when it cannot be executed.

import {
  ROLLUP_OPERATION_ANSWERS_MAX,
  ROLLUP_PENDING_OPERATIONS_MAX,
} from '../../config/shard-limits.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { OPERATIONS_MAX } from '../../protocol/params.ts'
import {
  LOCK_WORDS,
  NO_OPERATIONS,
  OPERATION_LOCK,
  type Operations,
  REFUND_WORDS,
  SETTLE_WORDS,
} from '../../protocol/rollup/operations.ts'

/** `code` is empty where the final batch `number` has it at `position`. */
export interface OperationResult {
  readonly code: string
  readonly number: number
  readonly position: number
}

type Answer = (result: OperationResult) => void

export interface WaitingOperation {
  /** As it travels: leaf, hash, maxFee, notAfter, signature. */
  readonly words: Uint32Array
  readonly answers: Answer[]
  /** Number of the batch that has it, and its place there. */
  batch: number | undefined
  position: number
}

/** What a batch is to have: the waiting ones in the order of the parts. */
export interface TakenOperations {
  readonly operations: Operations
  readonly settles: readonly WaitingOperation[]
  readonly locks: readonly WaitingOperation[]
}

export const NOTHING_TAKEN: TakenOperations = { operations: NO_OPERATIONS, settles: [], locks: [] }

export const isLockOperation = ({ words }: Pick<WaitingOperation, 'words'>) =>
  ((words[0] as number) & 0xff) === OPERATION_LOCK

/** Where limits and signature of an operation lie as it travels. */
export const LIMITS_AT = 16
export const SIGNATURE_AT = 18

/** The words of a settle in a body: it has no limits. */
function settleWords(words: Uint32Array, out: Uint32Array, at: number): void {
  out.set(words.subarray(0, LIMITS_AT), at)
  out.set(words.subarray(SIGNATURE_AT), at + LIMITS_AT)
}

export function operationsOf(
  settles: readonly Pick<WaitingOperation, 'words'>[],
  locks: readonly Pick<WaitingOperation, 'words'>[],
  refunds: Uint32Array = new Uint32Array(0),
): Operations {
  const parts = {
    settles: new Uint32Array(settles.length * SETTLE_WORDS),
    refunds,
    locks: new Uint32Array(locks.length * LOCK_WORDS),
  }
  for (const [i, { words }] of settles.entries()) {
    settleWords(words, parts.settles, i * SETTLE_WORDS)
  }
  for (const [i, { words }] of locks.entries()) parts.locks.set(words, i * LOCK_WORDS)
  return parts
}

export class OperationPool {
  private readonly waiting = new Map<string, WaitingOperation>()

  /** How many more may come. */
  get room(): number {
    return ROLLUP_PENDING_OPERATIONS_MAX - this.waiting.size
  }

  /** How many are in no batch. */
  get open(): number {
    let count = 0
    for (const { batch } of this.waiting.values()) if (batch === undefined) count++
    return count
  }

  /** The same once more is answered with the first; who waited longest hears that it is pending. */
  add(words: Uint32Array, answer: Answer): void {
    const key = keyOf(words)
    const known = this.waiting.get(key)
    if (!known) {
      this.waiting.set(key, { words, answers: [answer], batch: undefined, position: 0 })
      return
    }
    known.answers.push(answer)
    if (known.answers.length <= ROLLUP_OPERATION_ANSWERS_MAX) return
    known.answers.shift()?.({ code: 'PENDING', number: 0, position: 0 })
  }

  /** `why`: what keeps one out of any batch now and later. */
  take(
    refunds: Uint32Array,
    why: (operation: WaitingOperation) => string | undefined,
  ): TakenOperations {
    const [settles, locks]: [WaitingOperation[], WaitingOperation[]] = [[], []]
    const room = OPERATIONS_MAX - refunds.length / REFUND_WORDS
    for (const one of [...this.waiting.values()]) {
      if (one.batch !== undefined) continue
      if (settles.length + locks.length >= room) break
      const code = why(one)
      if (code) this.refuse(one, code)
      else if (isLockOperation(one)) locks.push(one)
      else settles.push(one)
    }
    return { operations: operationsOf(settles, locks, refunds), settles, locks }
  }

  /** A draft was made of what was taken; `leftOut`: code by position in what was taken. */
  drafted(number: number, taken: TakenOperations, leftOut: ReadonlyMap<number, string>): void {
    const { settles, locks, operations } = taken
    const refunds = operations.refunds.length / REFUND_WORDS
    let position = 0
    const place = (list: readonly WaitingOperation[], first: number) => {
      for (const [i, one] of list.entries()) {
        const code = leftOut.get(first + i)
        if (code !== undefined) {
          this.refuse(one, code)
          continue
        }
        one.batch = number
        one.position = position++
      }
    }
    place(settles, 0)
    for (let i = 0; i < refunds; i++) if (!leftOut.has(settles.length + i)) position++
    place(locks, settles.length + refunds)
  }

  /** Batches from this number on are undone: what they had waits again. */
  undone(number: number): void {
    for (const one of this.waiting.values()) {
      if (one.batch !== undefined && one.batch >= number) one.batch = undefined
    }
  }

  final(number: number): void {
    for (const [key, one] of [...this.waiting]) {
      if (one.batch !== number) continue
      this.waiting.delete(key)
      for (const answer of one.answers) answer({ code: '', number, position: one.position })
    }
  }

  private refuse(one: WaitingOperation, code: string): void {
    this.waiting.delete(keyOf(one.words))
    for (const answer of one.answers) answer({ code, number: 0, position: 0 })
  }
}

function keyOf(words: Uint32Array): string {
  return bytesToHex(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
}

// The shard's part in market settlement: takes operations on locks, has their signatures checked,
// gives them to drafts, gives back what has expired, and finds what final batches have done.

import { ROLLUP_OPERATION_BLOCKS_MIN } from '../../config/shard-limits.ts'
import { LOCK_BLOCKS_MAX } from '../../protocol/params.ts'
import { shardOf } from '../../protocol/rollup/layout.ts'
import { isHeld, LOCK, lockAt, payeeOf } from '../../protocol/rollup/lock-record.ts'
import { type OperationCheck, operationChecks } from '../../protocol/rollup/operation-checks.ts'
import {
  LOCK_WORDS,
  OPERATION_LOCK,
  OPERATION_SETTLE,
  SETTLE_WORDS,
} from '../../protocol/rollup/operations.ts'
import { areOperations } from '../../protocol/rollup/read-body.ts'
import { slotIn } from '../../protocol/rollup/shard-place.ts'
import type { SignatureColumns } from '../../protocol/rollup/verify-columns.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { ClaimLine, Step } from './claim-line.ts'
import type { Executor } from './executor.ts'
import { foundOperation } from './found-operation.ts'
import { HeldLocks } from './held-locks.ts'
import type { OperationIndex } from './operation-index.ts'
import {
  isLockOperation,
  LIMITS_AT,
  OperationPool,
  type OperationResult,
  operationsOf,
  type TakenOperations,
  type WaitingOperation,
} from './operation-pool.ts'
import type { ShardQueries } from './queries.ts'

type Verbs = (typeof ShardMessages)['verbs']
type Operated = Reply<Verbs, 'Operate'>

const DEADLINE = 6
const NOT_DONE = { number: 0, position: 0 }

interface Parts {
  readonly line: ClaimLine
  readonly executor: Executor
  readonly operations: OperationIndex
  readonly isBehind: (shard: number) => boolean
}

export class Market {
  private readonly ctx: Context
  private readonly parts: Parts
  private readonly pool = new OperationPool()
  private readonly held: HeldLocks
  /** How many are looked at before they wait. */
  private checking = 0
  /** More waits for a batch. */
  private readonly changed: () => void

  constructor(ctx: Context, parts: Parts, changed: () => void) {
    this.ctx = ctx
    this.parts = parts
    this.changed = changed
    this.held = new HeldLocks(parts.line)
  }

  /** The state is that after the final block of this height. */
  start(height: number): void {
    this.held.scan(height)
  }

  block(height: number): void {
    this.held.block(height)
  }

  isWaiting(): boolean {
    return this.pool.open > 0 || this.held.isDue
  }

  /** `operations`: 34 words each, as they travel. */
  operate({ operations, withinMs }: Body<Verbs, 'Operate'>, reply: (all: Operated) => void): void {
    const words = new Uint32Array(Uint8Array.from(operations).buffer)
    if (words.length === 0 || words.length % LOCK_WORDS !== 0) {
      reply({ code: 'UNDECODABLE', results: [] })
      return
    }
    const count = words.length / LOCK_WORDS
    if (count > this.pool.room - this.checking) {
      reply({ code: 'BUSY', results: [] })
      return
    }
    const results = new Array<OperationResult>(count).fill({ code: 'PENDING', ...NOT_DONE })
    let open = count
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      reply({ code: '', results: [...results] })
    }
    const answer = (i: number) => (result: OperationResult) => {
      results[i] = result
      if (--open === 0) end()
    }
    this.ctx.after(`operate ${this.serial++}`, withinMs, end)
    const list = Array.from({ length: count }, (_, i) => {
      return { words: words.slice(i * LOCK_WORDS, (i + 1) * LOCK_WORDS), answer: answer(i) }
    })
    const good = list.filter((one) => {
      const isGood = isWellFormed(one.words)
      if (!isGood) one.answer({ code: 'UNDECODABLE', ...NOT_DONE })
      return isGood
    })
    this.checking += good.length
    const { executor } = this.parts
    executor.payees.need(this.missing(good.map(signerOf)), () => this.check(good))
  }

  private serial = 0

  private missing(signers: readonly number[]): number[] {
    const { executor, line } = this.parts
    return signers.filter((one) => slotIn(line.state, one) < 0 && !executor.keys.spendKey(one))
  }

  private check(list: readonly Given[]): void {
    const { executor } = this.parts
    const known = list.filter((one) => {
      const hasKey = executor.keys.spendKey(signerOf(one)) !== undefined
      if (!hasKey) one.answer({ code: 'NOT_REGISTERED', ...NOT_DONE })
      return hasKey
    })
    const settles = known.filter((one) => !isLockOperation(one))
    const locks = known.filter(isLockOperation)
    const ordered = [...settles, ...locks]
    const operations = operationsOf(settles, locks)
    const columns = this.columns(operationChecks({ operations }, executor.genesisHash))
    executor.ordinary.check(columns, false, (bad) => {
      this.checking -= list.length
      for (const [i, { words, answer }] of ordered.entries()) {
        if (bad === undefined) answer({ code: 'BUSY', ...NOT_DONE })
        else if (bad.includes(i)) answer({ code: 'BAD_SIGNATURE', ...NOT_DONE })
        else this.pool.add(words, answer)
      }
      this.changed()
    })
  }

  private columns(list: readonly OperationCheck[]): SignatureColumns {
    const { keys } = this.parts.executor
    const columns = {
      digests: new Uint8Array(32 * list.length),
      keys: new Uint8Array(32 * list.length),
      signatures: new Uint8Array(64 * list.length),
    }
    for (const [i, { signer, digest, signature }] of list.entries()) {
      columns.digests.set(digest, 32 * i)
      columns.keys.set(keys.spendKey(signer) as Uint8Array, 32 * i)
      columns.signatures.set(signature, 64 * i)
    }
    return columns
  }

  /** What the next batch is to have. */
  take(fee: number): TakenOperations {
    return this.pool.take(this.held.refunds(), (one) => this.why(one, fee))
  }

  private why({ words }: Pick<WaitingOperation, 'words'>, fee: number): string | undefined {
    const isLock = isLockOperation({ words })
    const last = words[isLock ? LIMITS_AT + 1 : DEADLINE] as number
    if (last < this.held.height + ROLLUP_OPERATION_BLOCKS_MIN) return 'EXPIRED'
    if (isLock && (words[DEADLINE] as number) > this.held.height + LOCK_BLOCKS_MAX) return 'TOO_FAR'
    if (isLock) return (words[LIMITS_AT] as number) < fee ? 'EXPIRED' : undefined
    const { line, isBehind } = this.parts
    const payee = words[2] as number
    const isElsewhere = slotIn(line.state, payee) < 0
    return isElsewhere && isBehind(shardOf(payee, line.state.shards)) ? 'SHARD_BEHIND' : undefined
  }

  drafted(number: number, taken: TakenOperations, leftOut: ReadonlyMap<number, string>): void {
    this.pool.drafted(number, taken, leftOut)
  }

  undone(number: number): void {
    this.pool.undone(number)
  }

  final({ held, undo }: Step): void {
    const { number, settles, refunds, locks } = held.claim
    if (settles + refunds + locks === 0) return
    this.ctx.reached('shard-operations')
    if (refunds > 0) this.ctx.reached('shard-refunds')
    this.held.final(undo)
    this.pool.final(number)
  }

  find(
    queries: ShardQueries,
    { lock, use, kind }: Body<Verbs, 'FindOperation'>,
  ): Reply<Verbs, 'FindOperation'> {
    const place = this.parts.operations.find({ lock, use, kind })
    return place && this.at(queries, place)
  }

  at(queries: ShardQueries, place: Body<Verbs, 'OperationAt'>): Reply<Verbs, 'OperationAt'> {
    const batch = queries.claimAt(place.number)
    return batch && foundOperation(batch, place, this.parts.executor.ports.hashPairs)
  }

  lock(index: number): Reply<Verbs, 'Lock'> {
    const { state, tip } = this.parts.line
    const slot = slotIn(state, index)
    if (slot < 0 || slot >= state.table.slots) return undefined
    const { use, flags, deadline, owner } = lockAt(state.table, slot)
    if ((flags & LOCK) === 0) return undefined
    const amount = state.table.balanceOf(slot)
    const terms = { held: isHeld(flags), payee: payeeOf(flags), amount, deadline }
    return { owner, use, ...terms, number: tip.number }
  }
}

interface Given {
  readonly words: Uint32Array
  readonly answer: (result: OperationResult) => void
}

function signerOf(one: Pick<WaitingOperation, 'words'>): number {
  return one.words[isLockOperation(one) ? 1 : 2] as number
}

function isWellFormed(words: Uint32Array): boolean {
  if (isLockOperation({ words })) return areOperations(words, LOCK_WORDS, OPERATION_LOCK)
  const isWithout = words[LIMITS_AT] === 0 && words[LIMITS_AT + 1] === 0
  const { settles } = operationsOf([{ words }], [])
  return isWithout && areOperations(settles, SETTLE_WORDS, OPERATION_SETTLE)
}

// Has keys of accounts made before a batch needs them: those of the genesis and of the registry at
// the start, new ones soon after they are registered. One run at a time, in a thread of low
// priority; until then, and where there is no room for more, a check makes what it needs itself.

import { KEYS_AHEAD_MS } from '../../config/shard-limits.ts'
import { COHORT_SIZE } from '../../protocol/params.ts'
import { cohortOf } from '../../protocol/rollup/layout.ts'
import type { KeysAhead } from '../../protocol/rollup/signers.ts'
import type { Context } from '../../runtime/context.ts'
import { MakeKeys } from '../messages/tasks.ts'
import type { AccountBook } from './account-keys.ts'
import { placeOf, type ShardProps } from './shard-props.ts'

interface Run {
  readonly first: number
  readonly count: number
}

/** Rising indices as runs of one cohort each. */
function runsOf(indices: readonly number[]): Run[] {
  const runs: { first: number; count: number }[] = []
  for (const index of indices) {
    const last = runs.at(-1)
    const isNext = last && last.first + last.count === index
    if (isNext && cohortOf(last.first) === cohortOf(index)) last.count++
    else runs.push({ first: index, count: 1 })
  }
  return runs
}

export class KeysAheadDesk {
  private readonly ctx: Context
  private readonly shard: number
  private readonly ahead: KeysAhead | undefined
  private readonly book: AccountBook
  private readonly todo: Run[] = []
  private isBusy = false
  private sinceMs = 0
  private made = 0

  constructor(
    ctx: Context,
    props: Pick<ShardProps, 'shard' | 'config' | 'numbers'>,
    ahead: KeysAhead | undefined,
    book: AccountBook,
  ) {
    this.ctx = ctx
    const { shard, shards } = placeOf(props)
    const { config } = props
    this.shard = shard
    this.ahead = ahead
    this.book = book
    for (let first = shard * COHORT_SIZE; first < config.accounts; ) {
      this.todo.push({ first, count: Math.min(COHORT_SIZE, config.accounts - first) })
      first += shards * COHORT_SIZE
    }
  }

  /** Accounts whose keys are still to be made. */
  get left(): number {
    return this.ahead ? this.todo.reduce((sum, { count }) => sum + count, 0) : 0
  }

  /** Takes in what was registered, and goes on. */
  look(): void {
    const { ahead, todo } = this
    const indices = this.book.takeUnmade()
    if (!ahead) return
    todo.push(...runsOf(indices.sort((a, b) => a - b)))
    if (!this.isBusy && todo.length > 0) {
      this.sinceMs = this.ctx.now()
      this.next(ahead)
    }
  }

  private next(ahead: KeysAhead): void {
    const { ctx, todo } = this
    this.isBusy = false
    for (let run = todo[0]; run; run = todo[0]) {
      const wanted = ahead.runOf(run.first, run.count)
      if (wanted) {
        this.isBusy = true
        ctx.run(MakeKeys, wanted, {
          within: KEYS_AHEAD_MS,
          ok: (made) => {
            ahead.hold(wanted, made)
            this.made += wanted.count
            todo.shift()
            this.next(ahead)
          },
          failed: ({ reason, detail }) => {
            ctx.log('warn', 'keys-not-made', { shard: this.shard, left: this.left, reason, detail })
            todo.length = 0
            this.isBusy = false
          },
        })
        return
      }
      todo.shift()
    }
    const ms = Math.round(ctx.now() - this.sinceMs)
    const { shard, made } = this
    ctx.log('info', 'keys-made', { shard, accounts: made, bytes: ahead.bytesHeld, ms })
    ctx.reached('shard-keys-made')
  }
}

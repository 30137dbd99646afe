// A shard that stands for good: frozen at a root, or ended because their number has changed.

import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import type { ClaimLine } from './claim-line.ts'
import type { Executor } from './executor.ts'

interface Parts {
  readonly line: ClaimLine
  readonly executor: Executor
}

/** What was executed after the claim counts as never made. */
export function freezeLine(
  ctx: Context,
  shard: number,
  { line, executor, disputes }: Parts & { readonly disputes: { frozen(): void } },
  number: number,
): void {
  if (line.isFrozen) return
  line.isFrozen = true
  disputes.frozen()
  ctx.reached('shard-frozen')
  ctx.log('warn', 'shard-frozen', { shard, number })
  // Final batches are undone by starting again: to the checkpoint, which is settled, and on.
  if (number !== line.final.number) throw new Error('rollup: the shard was frozen')
  executor.clear()
}

/** False while the shard is not there yet. */
export function endLine(ctx: Context, { line, executor }: Parts, hash: Hex): boolean {
  if (line.final.hash !== hash) return false
  executor.clear()
  if (!line.isFrozen) ctx.reached('shard-ended')
  line.isFrozen = true
  return true
}

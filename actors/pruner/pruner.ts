// pruner: behind the finaliser, a small batch now and then while the chain store is above its
// threshold. Never in the commit of a block, and never what the policy keeps.

import { PRUNE_LOOK_MS, PRUNE_PAUSE_MS } from '../../config/limits.ts'
import { actor } from '../../runtime/actor.ts'
import { PrunerMessages } from '../messages/pruner.ts'
import type { PrunePolicy, PruneStage } from './prune-policy.ts'
import { Pruning } from './pruning.ts'

export interface PrunerProps {
  readonly policy: PrunePolicy
}

export const Pruner = actor({
  messages: PrunerMessages,
  restart: 'permanent',
  intensity: { failures: 20, withinMs: 10_000 },
  mailbox: { capacity: 64, overflow: 'reject' },
  setup(ctx, { policy }: PrunerProps) {
    const pruning = new Pruning(ctx.store, policy)
    let rows = 0
    let said: PruneStage | undefined
    let isFull = false
    const later = (ms: number) => ctx.after('prune', ms, step)
    const report = () => {
      const { stage } = pruning
      if (stage && stage !== said && stage.givesUp !== '') {
        const why = `${ctx.store.usedBytes()} bytes, above ${policy.thresholdBytes}`
        ctx.log('warn', `pruning ${stage.givesUp}`, { why, oldest: pruning.marks.oldest() })
      }
      said = stage
    }
    const idle = () => {
      const full = pruning.marks.final() !== undefined && pruning.isExhausted()
      if (full && !isFull) {
        const fields = { usedBytes: ctx.store.usedBytes(), thresholdBytes: policy.thresholdBytes }
        ctx.log('warn', 'above prune_threshold, and nothing more may be pruned', fields)
      }
      isFull = full
      later(PRUNE_LOOK_MS)
    }
    const step = () => {
      const puts = pruning.next()
      if (puts.length === 0) {
        idle()
        return
      }
      report()
      ctx.store.commit(puts, (error) => {
        if (error) throw new Error(`old blocks cannot be deleted: ${error.message}`)
        rows += puts.length
        ctx.reached('pruned')
        later(PRUNE_PAUSE_MS)
      })
    }
    later(PRUNE_LOOK_MS)
    return {
      Status(_, reply) {
        const oldest = pruning.marks.oldest()
        const { thresholdBytes } = policy
        reply({ oldest, rows, usedBytes: ctx.store.usedBytes(), thresholdBytes })
      },
      inspect: () => ({ oldest: pruning.marks.oldest(), rows }),
    }
  },
})

// Asks the shards of all nodes what they have, within the simulation: replies of the hosts' edges
// come as promises, which is after the verdict.

import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import { actor } from '../../../runtime/actor.ts'
import { messages, type Reply } from '../../../runtime/messages.ts'
import type { World } from '../../../runtime/sim/world.ts'

type Account = Reply<(typeof ShardMessages)['verbs'], 'Account'>
type Lock = Reply<(typeof ShardMessages)['verbs'], 'Lock'>
type Proof = Reply<(typeof ShardMessages)['verbs'], 'AccountProof'>

export interface ExaminerProps {
  readonly nodes: readonly string[]
  /** By shard. */
  readonly accounts: readonly (readonly number[])[]
  readonly account: (node: string, index: number, account: Account) => void
  /** Locks of the last shard. */
  readonly locks?: readonly number[]
  readonly lock?: (node: string, index: number, lock: Lock) => void
  /** Of the first account of each shard, by the last root that is final. */
  readonly proof: (node: string, shard: number, proof: Proof) => void
}

const WITHIN_MS = 1000
const LOOKS_FOR_MS = 200

const Examiner = actor({
  messages: messages('examiner', 1, {}),
  restart: 'permanent',
  mailbox: { capacity: 4096, overflow: 'reject' },
  setup(ctx, { nodes, accounts, account, locks = [], lock, proof }: ExaminerProps) {
    const outcome = <T>(ok: (value: T) => void) => ({ within: WITHIN_MS, failed() {}, ok })
    for (const node of nodes) {
      for (const index of locks) {
        const seen = outcome<Lock>((found) => lock?.(node, index, found))
        ctx.ask(ShardMessages, shardKey(node, accounts.length - 1), 'Lock', { index }, seen)
      }
      for (const [shard, indices] of accounts.entries()) {
        const key = shardKey(node, shard)
        for (const index of indices) {
          const seen = outcome<Account>((found) => account(node, index, found))
          ctx.ask(ShardMessages, key, 'Account', { index }, seen)
        }
        const first = { index: indices[0] as number, settled: false }
        const seen = outcome<Proof>((found) => proof(node, shard, found))
        ctx.ask(ShardMessages, key, 'AccountProof', first, seen)
      }
    }
    return {}
  },
})

/** Lets a little time pass; who does not answer by then is not examined. */
export function examine(world: World, props: ExaminerProps): void {
  world.host('senders')?.spawn(Examiner, `at ${world.timeline.now}`, props)
  world.runFor(LOOKS_FOR_MS)
}

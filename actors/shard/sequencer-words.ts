// What the own sequencer asks of its shard: to make a batch, step by step.

import type { Handlers } from '../../runtime/actor.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { checkCosigners } from './check-cosigners.ts'
import type { DraftDesk } from './draft-desk.ts'
import type { Executor } from './executor.ts'
import type { LineKeeper } from './line-keeper.ts'
import type { Market } from './market.ts'
import type { ShardProps } from './shard-props.ts'

type Words = Pick<
  Handlers<(typeof ShardMessages)['verbs']>,
  'Assemble' | 'Proofs' | 'Check' | 'Cosigners' | 'Seal' | 'Operate' | 'Greet' | 'Drop'
>

interface Shard {
  readonly isOpen: boolean
  readonly drafts: DraftDesk
  readonly executor: Executor
  readonly keeper: LineKeeper
  readonly market: Market
  mayAssemble(): boolean
  greet(): void
}

export function sequencerWords(props: ShardProps, shard: Shard): Words {
  const { drafts, executor, keeper, market } = shard
  return {
    Assemble(body, reply) {
      reply(shard.mayAssemble() ? drafts.assemble(body) : drafts.nothing('STALE', body.fee))
    },
    Proofs({ number, positions }, reply) {
      reply(drafts.proofs(number, positions))
    },
    Check: ({ body }, reply) => executor.checkAhead(body, reply),
    Cosigners(body, reply) {
      checkCosigners(body, drafts.draft, executor, props.ports, reply)
    },
    Seal(body, reply) {
      drafts.seal(body, reply)
    },
    Operate(body, reply) {
      const code = drafts.isClosing ? 'RESHARDING' : 'STALE'
      if (!shard.isOpen || drafts.isClosing) reply({ code, results: [] })
      else market.operate(body, reply)
    },
    Greet() {
      shard.greet()
    },
    Drop({ number }) {
      drafts.drop(number)
      keeper.look()
    },
  }
}

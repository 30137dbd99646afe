// What a shard answers without changing anything: accounts, locks, proofs, final claims.

import type { Handlers } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { ClaimLine } from './claim-line.ts'
import type { Market } from './market.ts'
import { MissedExits } from './missed-exits.ts'
import type { ShardQueries } from './queries.ts'
import type { ShardProps } from './shard-props.ts'
import type { SyncServer } from './sync-server.ts'

type Answers = Pick<
  Handlers<(typeof ShardMessages)['verbs']>,
  | 'Account'
  | 'IndexOf'
  | 'AccountProof'
  | 'ExitProof'
  | 'ExitsOf'
  | 'Head'
  | 'ClaimAt'
  | 'FindTransfer'
  | 'Lock'
  | 'OperationAt'
  | 'FindOperation'
>

interface Shard {
  readonly line: ClaimLine
  readonly queries: ShardQueries
  readonly market: Market
  readonly sync: SyncServer
  undrafted(run: () => void): void
}

/** What the inspector shows of a shard. */
export function inspectOf({
  line,
  isReady,
  keysAhead,
  executor,
}: Pick<Shard, 'line'> & {
  readonly isReady: boolean
  readonly keysAhead: { readonly left: number }
  readonly executor: { readonly payees: { readonly asked: number } }
}) {
  return {
    final: line.final.number,
    tip: line.tip.number,
    held: line.size,
    ready: isReady,
    keysLeft: keysAhead.left,
    payeesAsked: executor.payees.asked,
  }
}

export function answers(
  ctx: Context,
  props: ShardProps,
  shard: Shard & Parameters<ShardQueries['head']>[0],
): Answers {
  const { line, queries, market, sync } = shard
  const exits = new MissedExits(ctx, props)
  return {
    Account({ index }, reply) {
      reply(queries.account(index))
    },
    IndexOf({ owner }, reply) {
      reply(queries.indexOf(owner))
    },
    AccountProof({ index, settled }, reply) {
      if (settled) reply(sync.proof(index))
      else shard.undrafted(() => reply(queries.proof(index)))
    },
    ExitProof(wanted, reply) {
      const isOthers = wanted.shard !== props.shard
      if (isOthers || wanted.number <= line.final.number) exits.proof(wanted, reply)
      else reply(undefined)
    },
    ExitsOf(wanted, reply) {
      exits.list(wanted, line.final.number, reply)
    },
    Head(_, reply) {
      reply(queries.head(shard))
    },
    ClaimAt({ number }, reply) {
      reply(queries.claimAt(number))
    },
    FindTransfer({ from, nonce }, reply) {
      reply(queries.findTransfer(from, nonce))
    },
    Lock({ index }, reply) {
      reply(market.lock(index))
    },
    OperationAt(place, reply) {
      reply(market.at(queries, place))
    },
    FindOperation(wanted, reply) {
      reply(market.find(queries, wanted))
    },
  }
}

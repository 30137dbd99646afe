// The single writer of the chain's state: builds blocks on a parent, checks proposed ones, and
// commits final ones with one durable write. It knows nothing of votes.

import { BLOCKS_NOT_FINAL_MAX } from '../../config/limits.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import { numberingAfter } from '../../protocol/rollup/numbering-notice.ts'
import { oldestSent } from '../../protocol/rollup/parcel-notice.ts'
import { rollupAccount } from '../../protocol/rollup/rollup-head.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import { decodeFinality } from '../../protocol/state/tables.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import type { Bench, BlockBuilderProps } from './bench.ts'
import { buildOn, hasCandidates } from './build-on.ts'
import { checkOn } from './check-on.ts'
import { followingOf } from './epoch-news.ts'
import { ExecutionFigures } from './execution-figures.ts'
import { Finaliser } from './finaliser.ts'
import { loadChain } from './load-chain.ts'
import { proveState } from './prove-state.ts'
import { rollupAccounts, rollupStart, tellEpoch } from './shard-desk.ts'
import { Speculation } from './speculation.ts'

function open(ctx: Context, props: BlockBuilderProps): { bench: Bench; finaliser: Finaliser } {
  const { genesis } = props
  const started = ctx.now()
  const loaded = loadChain(ctx.store, genesis.block.hash)
  const final = loaded ?? { block: genesis.block, tree: genesis.tree }
  const { height } = final.block.header
  const ms = Math.round(ctx.now() - started)
  ctx.log('info', loaded ? 'chain-loaded' : 'chain-created', { height, hash: final.block.hash, ms })
  if (height > 0) ctx.reached('block-builder-restarted')
  const speculation = new Speculation(final, BLOCKS_NOT_FINAL_MAX)
  const bench = { ctx, props, speculation, figures: new ExecutionFigures(ctx) }
  const finaliser = new Finaliser(bench)
  if (!loaded) finaliser.writeGenesis()
  return { bench, finaliser }
}

function tipOf({ props, speculation }: Bench, finality: Uint8Array | undefined) {
  const { hash, header } = speculation.final.block
  const extra = unpackExtraData(header.extraData)
  return {
    height: header.height,
    hash,
    genesisHash: props.genesis.block.hash,
    epoch: extra?.epoch ?? 0,
    view: extra?.view ?? 0,
    timestampMs: headerTimeMs(header),
    certificate: finality ? decodeFinality(finality).certificate : new Uint8Array(0),
    following: followingOf(speculation.final),
  }
}

export const BlockBuilder = actor({
  messages: BlockBuilderMessages,
  restart: 'permanent',
  mailbox: { capacity: 4096, overflow: 'reject' },
  setup(ctx, props: BlockBuilderProps) {
    const { bench, finaliser } = open(ctx, props)
    tellEpoch(bench)
    return {
      Tip(_, reply) {
        reply(tipOf(bench, finaliser.lastRow()))
      },
      Build(request, reply) {
        buildOn(bench, request, reply)
      },
      HasCandidates({ parent }, reply) {
        hasCandidates(bench, parent, reply)
      },
      Check(request, reply) {
        checkOn(bench, request, (hash) => finaliser.isFinal(hash), reply)
      },
      Finalise(request, reply) {
        finaliser.finalise(request, reply)
      },
      Prove(wanted, reply) {
        reply(proveState(bench, wanted))
      },
      Rollup({ shard, generation }, reply) {
        reply(rollupStart(bench, shard, generation))
      },
      Numbering(_, reply) {
        const view = treeView(bench.speculation.final.tree)
        const { begins, ends, ...numbers } = numberingAfter(view, props.genesis.block.hash)
        reply({ ...numbers, begins: [...begins], ends: [...ends] })
      },
      RollupAccounts({ shard, from }, reply) {
        reply(rollupAccounts(bench, shard, from))
      },
      OldestSent({ shard }, reply) {
        reply(oldestSent(treeView(bench.speculation.final.tree), shard))
      },
      SpendKey({ index }, reply) {
        reply(rollupAccount(treeView(bench.speculation.final.tree), index)?.keys?.spendKey)
      },
      Figures(_, reply) {
        reply(bench.figures.view())
      },
      inspect: () => ({
        final: bench.speculation.final.block.header.height,
        notFinal: bench.speculation.size,
      }),
    }
  },
})

// The single writer of the chain's state: builds blocks on a parent, checks proposed ones, and
// commits final ones with one durable write. It knows nothing of votes.

import { STASH_MAX } from '../../config/limits.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import { numberingAfter } from '../../protocol/rollup/numbering-notice.ts'
import { oldestSent } from '../../protocol/rollup/parcel-notice.ts'
import { rollupAccount } from '../../protocol/rollup/rollup-head.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import { decodeFinality } from '../../protocol/state/tables.ts'
import { actor } from '../../runtime/actor.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import type { Bench, BlockBuilderProps } from './bench.ts'
import { buildOn, hasCandidates } from './build-on.ts'
import { checkOn } from './check-on.ts'
import { followingOf } from './epoch-news.ts'
import { type OpenChain, Opening } from './open-chain.ts'
import { proveState } from './prove-state.ts'
import { rollupAccounts, rollupStart, tellEpoch } from './shard-desk.ts'

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
    let chain: OpenChain | undefined
    let asked = 0
    /** What is asked before waits for it; of more than may be put aside, the askers try again. */
    const whenOpen =
      <In, Out>(run: (chain: OpenChain, body: In, reply: (out: Out) => void) => void) =>
      (body: In, reply: (out: Out) => void) => {
        if (chain) run(chain, body, reply)
        else if (asked++ < STASH_MAX) ctx.stash()
      }
    const opening = new Opening(ctx, props, (opened) => {
      chain = opened
      tellEpoch(opened.bench)
      if (asked > 0) ctx.unstash()
    })
    const final = ({ bench }: OpenChain) => treeView(bench.speculation.final.tree)
    return {
      Tip: whenOpen(({ bench, finaliser }, _, reply) => reply(tipOf(bench, finaliser.lastRow()))),
      Build: whenOpen(({ bench }, request, reply) => buildOn(bench, request, reply)),
      HasCandidates: whenOpen(({ bench }, { parent }, reply) => {
        hasCandidates(bench, parent, reply)
      }),
      Check: whenOpen(({ bench, finaliser }, request, reply) => {
        checkOn(bench, request, (hash) => finaliser.isFinal(hash), reply)
      }),
      Finalise: whenOpen(({ finaliser }, request, reply) => finaliser.finalise(request, reply)),
      Prove: whenOpen(({ bench }, wanted, reply) => reply(proveState(bench, wanted))),
      Rollup: whenOpen(({ bench }, { shard, generation }, reply) => {
        reply(rollupStart(bench, shard, generation))
      }),
      Numbering: whenOpen((opened, _, reply) => {
        const { begins, ends, ...numbers } = numberingAfter(final(opened), props.genesis.block.hash)
        reply({ ...numbers, begins: [...begins], ends: [...ends] })
      }),
      RollupAccounts: whenOpen(({ bench }, { shard, from }, reply) => {
        reply(rollupAccounts(bench, shard, from))
      }),
      OldestSent: whenOpen((opened, { shard }, reply) => reply(oldestSent(final(opened), shard))),
      SpendKey: whenOpen((opened, { index }, reply) => {
        reply(rollupAccount(final(opened), index)?.keys?.spendKey)
      }),
      Figures: whenOpen(({ bench }, _, reply) => reply(bench.figures.view())),
      inspect: () => {
        if (!chain) return { loading: opening.rows }
        const { speculation } = chain.bench
        return { final: speculation.final.block.header.height, notFinal: speculation.size }
      },
    }
  },
})

// The validator's dealings with execution: build, check and finalise at its own block-builder, and
// fetching final blocks from a peer's archive.

import { decodeFollowing } from '../../protocol/consensus/following.ts'
import type { Peer, SimplexEffect, SimplexEvent } from '../../protocol/consensus/simplex-types.ts'
import type { Context } from '../../runtime/context.ts'
import { failureText } from '../../runtime/failure.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import type { ValidatorProps } from './validator.ts'

const BUILD_WITHIN_MS = 5000
const CHECK_WITHIN_MS = 10_000
const FINALISE_WITHIN_MS = 30_000
const FETCH_WITHIN_MS = 3000
const FETCH_BLOCKS = 64

type ExecutionEffect = Extract<
  SimplexEffect,
  { type: 'build' } | { type: 'check' } | { type: 'finalise' } | { type: 'fetch' }
>

export class Execution {
  private readonly ctx: Context
  private readonly props: ValidatorProps
  private readonly report: (event: SimplexEvent) => void
  private fetching = false

  constructor(ctx: Context, props: ValidatorProps, report: (event: SimplexEvent) => void) {
    this.ctx = ctx
    this.props = props
    this.report = report
  }

  perform(effect: ExecutionEffect): void {
    if (effect.type === 'build') this.build(effect)
    else if (effect.type === 'check') this.check(effect)
    else if (effect.type === 'finalise') this.finalise(effect)
    else this.fetch(effect.aboveHeight)
  }

  private build(effect: Extract<ExecutionEffect, { type: 'build' }>): void {
    const { type: _, ...request } = effect
    const { epoch, view } = request
    this.ctx.ask(BlockBuilderMessages, this.props.config.node, 'Build', request, {
      within: BUILD_WITHIN_MS,
      ok: ({ block, code }) => this.report({ type: 'built', epoch, view, block, code }),
      failed: (failure) =>
        this.report({
          type: 'built',
          epoch,
          view,
          block: undefined,
          code: failureText(failure),
        }),
    })
  }

  private check({ hash, block, isFinal }: Extract<ExecutionEffect, { type: 'check' }>): void {
    this.ctx.ask(
      BlockBuilderMessages,
      this.props.config.node,
      'Check',
      { block, isFinal },
      {
        within: CHECK_WITHIN_MS,
        ok: ({ ok, code }) => this.report({ type: 'checked', hash, ok, code }),
        failed: () => this.report({ type: 'checked', hash, ok: false, code: 'BUSY' }),
      },
    )
  }

  private finalise({ hash, certificate }: Extract<ExecutionEffect, { type: 'finalise' }>): void {
    const finalAtMs = this.ctx.wallTime()
    this.ctx.ask(
      BlockBuilderMessages,
      this.props.config.node,
      'Finalise',
      { hash, certificate, finalAtMs },
      {
        within: FINALISE_WITHIN_MS,
        ok: ({ code, following: bytes }) => {
          const following = bytes.length > 0 ? decodeFollowing(bytes) : undefined
          this.report({ type: 'finalised', hash, code, following })
        },
        failed: (failure) =>
          this.report({ type: 'finalised', hash, code: failure.reason, following: undefined }),
      },
    )
  }

  /** One peer at a time, another one at random next time. */
  private fetch(aboveHeight: number): void {
    const { peers, node } = this.props.config
    const others = peers.filter((peer) => peer.node !== node)
    if (this.fetching || others.length === 0) return
    this.fetching = true
    const { node: peer } = others[this.ctx.random(others.length)] as Peer
    const done = (event: SimplexEvent) => {
      this.fetching = false
      this.report(event)
    }
    this.ctx.ask(
      ArchiveMessages,
      peer,
      'BlocksAfter',
      { height: aboveHeight, max: this.ctx.buggify('fetch-one-block') ? 1 : FETCH_BLOCKS },
      {
        within: FETCH_WITHIN_MS,
        ok: (blocks) => done({ type: 'fetched', blocks }),
        failed: () => {
          this.askKept(peer, aboveHeight)
          // As if it had sent none: again soon, not at once, since without links each fails now.
          done({ type: 'fetched', blocks: [] })
        },
      },
    )
  }

  /** A peer that has pruned what we miss has nothing to send: then only a snapshot helps. */
  private askKept(peer: string, aboveHeight: number): void {
    this.ctx.ask(ArchiveMessages, peer, 'Head', null, {
      within: FETCH_WITHIN_MS,
      ok: ({ oldest }) => {
        if (oldest <= aboveHeight + 1) return
        const advice = 'remove this chain and start from a snapshot (consensus.trusted_hash)'
        this.ctx.log('error', 'a peer has pruned the blocks that this node misses', {
          peer,
          from: aboveHeight + 1,
          oldest,
          advice,
        })
      },
      failed: () => {},
    })
  }
}

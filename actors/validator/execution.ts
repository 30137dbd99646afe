// The validator's dealings with execution: build, check and finalise at its own block-builder, and
// fetching final blocks from a peer's archive.

import { assert } from '../../lib/assert.ts'
import type { SimplexEffect, SimplexEvent } from '../../protocol/consensus/simplex-types.ts'
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
    const { rules, index } = this.props.config
    assert(index !== undefined, 'only a validator builds')
    const { view, parent, timestampMs, randomness, sidecar, allowEmpty } = effect
    const request = { parent, timestampMs, view, randomness, sidecar, allowEmpty }
    this.ctx.ask(
      BlockBuilderMessages,
      this.props.node,
      'Build',
      { ...request, epoch: rules.epoch, proposer: index, mode: rules.mode },
      {
        within: BUILD_WITHIN_MS,
        ok: ({ block, code }) => this.report({ type: 'built', view, block, code }),
        failed: (failure) =>
          this.report({ type: 'built', view, block: undefined, code: failureText(failure) }),
      },
    )
  }

  private check({ hash, block }: Extract<ExecutionEffect, { type: 'check' }>): void {
    this.ctx.ask(
      BlockBuilderMessages,
      this.props.node,
      'Check',
      { block },
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
      this.props.node,
      'Finalise',
      { hash, certificate, finalAtMs },
      {
        within: FINALISE_WITHIN_MS,
        ok: ({ code }) => this.report({ type: 'finalised', hash, code }),
        failed: (failure) => this.report({ type: 'finalised', hash, code: failure.reason }),
      },
    )
  }

  /** One peer at a time, another one at random next time. */
  private fetch(aboveHeight: number): void {
    const { peers, config } = this.props
    if (this.fetching || peers.length < 2) return
    this.fetching = true
    const others = peers.filter((_, i) => i !== config.index)
    const peer = others[this.ctx.random(others.length)] as string
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
        failed: () => done({ type: 'timer', name: 'fetch' }),
      },
    )
  }
}

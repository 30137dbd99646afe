// validator: hosts the consensus core. Events in, effects out; everything that must survive a
// crash is durable in the sign store before it leaves.

import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { decodeMessage } from '../../protocol/consensus/consensus-message.ts'
import { Simplex } from '../../protocol/consensus/simplex.ts'
import type {
  SimplexConfig,
  SimplexEffect,
  SimplexEvent,
} from '../../protocol/consensus/simplex-types.ts'
import { MODE_NAMES } from '../../protocol/consensus/validator-set.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import { ValidatorMessages } from '../messages/validator.ts'
import { Execution } from './execution.ts'
import { SignStore } from './sign-store.ts'
import { statusOf } from './status-of.ts'

export interface ValidatorProps {
  readonly config: SimplexConfig
  /** Actor keys of all validators by index; archives have the same keys. */
  readonly peers: readonly string[]
  /** Key of this node's block-builder. */
  readonly node: string
}

const START_RETRY_MS = 200
const TIP_WITHIN_MS = 30_000

type Evidence = Extract<SimplexEffect, { type: 'evidence' } | { type: 'evidence-proposals' }>

function evidenceFields(effect: Evidence): Record<string, unknown> {
  if (effect.type === 'evidence-proposals') {
    return { rule: 'E4', signer: effect.leader, view: effect.view }
  }
  const [vote] = effect.contradiction.votes
  return { rule: effect.contradiction.rule, signer: vote.signer, view: vote.view }
}

/** One running validator: the core and the doors through which its effects leave. */
class Hosted {
  private readonly ctx: Context
  private readonly props: ValidatorProps
  private readonly signs: SignStore
  private readonly execution: Execution
  readonly core: Simplex

  constructor(ctx: Context, props: ValidatorProps, core: Simplex, signs: SignStore) {
    this.ctx = ctx
    this.props = props
    this.core = core
    this.signs = signs
    this.execution = new Execution(ctx, props, (event) => this.handle(event))
  }

  handle(event: SimplexEvent): void {
    const clock = { now: this.ctx.now(), wall: this.ctx.wallTime() }
    for (const effect of this.core.handle(event, clock)) this.perform(effect)
  }

  private perform(effect: SimplexEffect): void {
    const { ctx } = this
    switch (effect.type) {
      case 'send':
        this.send(effect.to, effect.message)
        break
      case 'broadcast':
        for (let i = 0; i < this.props.peers.length; i++) this.send(i, effect.message)
        break
      case 'persist': {
        const { id, records } = effect
        this.signs.persist(records, () => this.handle({ type: 'persisted', id }))
        break
      }
      case 'forget':
        this.signs.forget(effect.view)
        break
      case 'timer': {
        const { name, ms } = effect
        ctx.after(name, ms, () => this.handle({ type: 'timer', name }))
        break
      }
      case 'cancel':
        ctx.cancel(effect.name)
        break
      case 'log':
        ctx.log(effect.level, effect.event, effect.fields)
        break
      case 'reached':
        ctx.reached(effect.mark)
        break
      case 'evidence':
      case 'evidence-proposals':
        ctx.log('warn', 'a validator contradicts itself', evidenceFields(effect))
        break
      default:
        this.execution.perform(effect)
    }
  }

  private send(to: number, message: Uint8Array): void {
    const { index } = this.props.config
    const peer = this.props.peers[to]
    if (index === undefined || to === index || peer === undefined) return
    this.ctx.tell(ValidatorMessages, peer, 'Deliver', { from: index, message })
  }
}

export const Validator = actor({
  messages: ValidatorMessages,
  restart: 'permanent',
  // A full disk is waited out: with the back-off these are more failures than fit the window.
  intensity: { failures: 20, withinMs: 10_000 },
  mailbox: { capacity: 16_384, overflow: 'drop-oldest' },
  setup(ctx, props: ValidatorProps) {
    const signs = new SignStore(ctx)
    let hosted: Hosted | undefined
    const start = () => {
      ctx.ask(BlockBuilderMessages, props.node, 'Tip', null, {
        within: TIP_WITHIN_MS,
        failed: () => ctx.after('start', START_RETRY_MS, start),
        ok: (tip) => {
          const config = signs.mayVote(tip.height)
            ? props.config
            : { ...props.config, secretKey: undefined }
          hosted = new Hosted(ctx, props, new Simplex(config), signs)
          const certificate = tip.certificate.length
            ? decodeCertificate(tip.certificate)
            : undefined
          const { hash, height, view, timestampMs } = tip
          hosted.handle({
            type: 'start',
            final: { hash, height, view, timestampMs, certificate },
            records: signs.records(),
          })
        },
      })
    }
    start()
    return {
      Deliver({ from, message }) {
        const decoded = decodeMessage(message)
        if (decoded) hosted?.handle({ type: 'message', from, message: decoded })
        else ctx.log('warn', 'a consensus message cannot be decoded', { from })
      },
      TransactionWaiting() {
        hosted?.handle({ type: 'transaction-waiting' })
      },
      Status(_, reply) {
        const state = hosted?.core.view
        reply(statusOf(props.config, state, MODE_NAMES[props.config.rules.mode]))
      },
      inspect: () => {
        const state = hosted?.core.view
        return state ? { view: state.view, final: state.final.height } : 'starting'
      },
    }
  },
})

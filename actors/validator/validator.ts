// validator: hosts the consensus core. Events in, effects out; everything that must survive a crash
// is durable in the sign store before it leaves.

import { STALL_LOOK_MS } from '../../config/limits.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { decodeFollowing } from '../../protocol/consensus/following.ts'
import { Simplex } from '../../protocol/consensus/simplex.ts'
import type {
  FinalBlock,
  SimplexConfig,
  SimplexEffect,
  SimplexEvent,
} from '../../protocol/consensus/simplex-types.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { Reply } from '../../runtime/messages.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'
import { countsOf } from '../messages/figures.ts'
import { ValidatorMessages } from '../messages/validator.ts'
import { Execution } from './execution.ts'
import { PeerDesk } from './peer-desk.ts'
import { SignStore } from './sign-store.ts'
import { statusOf } from './status-of.ts'
import { ValidatorWatch } from './validator-watch.ts'
import { WaitingWork } from './waiting-work.ts'

export interface ValidatorProps {
  /** Peers' names are their validators' keys, and those of their archives and block-builders. */
  readonly config: SimplexConfig
}

const START_RETRY_MS = 200
const TIP_WITHIN_MS = 30_000

/** One running validator: the core and the doors through which its effects leave. */
class Hosted {
  private readonly ctx: Context
  private readonly props: ValidatorProps
  private readonly signs: SignStore
  private readonly peers: PeerDesk
  private readonly execution: Execution
  readonly core: Simplex
  readonly watch: ValidatorWatch
  readonly work: WaitingWork

  constructor(
    ctx: Context,
    props: ValidatorProps,
    core: Simplex,
    signs: SignStore,
    peers: PeerDesk,
  ) {
    this.ctx = ctx
    this.props = props
    this.core = core
    this.signs = signs
    this.peers = peers
    this.watch = new ValidatorWatch(ctx, props.config)
    this.execution = new Execution(ctx, props, (event) => this.handle(event))
    this.work = new WaitingWork(ctx, props.config.node, {
      state: () => this.core.view,
      found: () => this.handle({ type: 'transaction-waiting' }),
    })
  }

  handle(event: SimplexEvent): void {
    const clock = { now: this.ctx.now(), wall: this.ctx.wallTime() }
    this.watch.event(event, this.core.view, clock)
    for (const effect of this.core.handle(event, clock)) {
      this.watch.effect(effect, clock)
      this.perform(effect)
    }
    this.watch.settled(this.core.view, clock)
    this.work.look()
  }

  private perform(effect: SimplexEffect): void {
    const { ctx } = this
    switch (effect.type) {
      case 'send':
        this.send(effect.to, effect.message)
        break
      case 'broadcast':
        for (const { node } of this.props.config.peers) this.send(node, effect.message)
        break
      case 'persist': {
        const { id, records } = effect
        this.signs.persist(records, () => this.handle({ type: 'persisted', id }))
        break
      }
      case 'forget':
        this.signs.forget(effect.upTo)
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
      case 'evidence': {
        const { rule, blsPublicKey, epoch, view } = effect.evidence
        ctx.log('warn', 'a validator contradicts itself', { rule, blsPublicKey, epoch, view })
        break
      }
      case 'refused':
        this.peers.refusedByCore(effect)
        break
      default:
        this.execution.perform(effect)
    }
  }

  private send(to: string, message: Uint8Array): void {
    const { node: from } = this.props.config
    if (to !== from) this.ctx.tell(ValidatorMessages, to, 'Deliver', { from, message })
  }
}

type Tip = Reply<(typeof BlockBuilderMessages)['verbs'], 'Tip'>

/** The view is that of the certificate: an epoch's last block may be final in a later one. */
function finalOf({ hash, height, timestampMs, certificate: bytes }: Tip): FinalBlock {
  const certificate = bytes.length > 0 ? decodeCertificate(bytes) : undefined
  const { epoch, view } = certificate ?? { epoch: 0, view: 0 }
  return { hash, height, epoch, view, timestampMs, certificate }
}

/** Without its keys where the chain has moved on and no record says what they have signed. */
function usableConfig(
  ctx: Context,
  config: SimplexConfig,
  signs: SignStore,
  height: number,
): SimplexConfig {
  if (height === 0) signs.begin()
  if (!config.keys || signs.isWhole || height === 0 || config.lostSignState) return config
  const advice = 'restore the sign store, or start once with --i-lost-my-sign-state'
  ctx.log('error', 'the sign record is missing: following without voting', { height, advice })
  return { ...config, keys: undefined }
}

export const Validator = actor({
  messages: ValidatorMessages,
  restart: 'permanent',
  // A full disk is waited out: with the back-off these are more failures than fit the window.
  intensity: { failures: 20, withinMs: 10_000 },
  mailbox: { capacity: 16_384, overflow: 'drop-oldest' },
  setup(ctx, props: ValidatorProps) {
    const signs = new SignStore(ctx)
    const peers = new PeerDesk(ctx)
    let hosted: Hosted | undefined
    const start = () => {
      ctx.ask(BlockBuilderMessages, props.config.node, 'Tip', null, {
        within: TIP_WITHIN_MS,
        failed: () => ctx.after('start', START_RETRY_MS, start),
        ok: (tip) => {
          const config = usableConfig(ctx, props.config, signs, tip.height)
          hosted = new Hosted(ctx, props, new Simplex(config), signs, peers)
          hosted.handle({
            type: 'start',
            final: finalOf(tip),
            following: decodeFollowing(tip.following),
            records: signs.records(),
            signedTo: signs.signedTo,
          })
        },
      })
    }
    start()
    const look = () => {
      hosted?.watch.look(hosted.core.view)
      ctx.after('look', STALL_LOOK_MS, look)
    }
    look()
    return {
      Deliver({ from, message }) {
        const read = peers.read(from, message)
        if (read) hosted?.handle({ type: 'message', from, message: read })
      },
      TransactionWaiting() {
        hosted?.work.told()
      },
      ClaimWaiting() {
        hosted?.handle({ type: 'transaction-waiting' })
      },
      Status(_, reply) {
        reply({ ...statusOf(hosted?.core.view), lagBlocks: hosted?.watch.lagBlocks ?? 0 })
      },
      Figures(_, reply) {
        if (!hosted) return
        reply({ ...hosted.watch.view(hosted.core.view), refused: countsOf(peers.refused) })
      },
      inspect: () => {
        const state = hosted?.core.view
        return state ? { view: state.view, final: state.final.height } : 'starting'
      },
    }
  },
})

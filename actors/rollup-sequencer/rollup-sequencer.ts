// rollup-sequencer: takes transfers from the edges, and makes batches of them when it is this
// node's turn. All it holds may be lost in a crash: what is acknowledged is what a block has made
// final.

import type { Hex } from '../../lib/hex.ts'
import { decodeEpochRules } from '../../protocol/consensus/epoch-rules.ts'
import type { Absent } from '../../protocol/rollup/body-layout.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { Body as MessageBody, Reply } from '../../runtime/messages.ts'
import { RollupSequencerMessages } from '../messages/rollup-sequencer.ts'
import { ShardMessages, shardKey } from '../messages/shard.ts'
import { Admission, type SubmitBody, type Submitted } from './admission.ts'
import { BatchMaker } from './batch-maker.ts'
import { bytesColumn } from './columns.ts'
import { Groups } from './groups.ts'
import { Pending } from './pending.ts'
import { Predecessor } from './predecessor.ts'
import { type SequencerPeer, Turn } from './turn.ts'

export interface RollupSequencerProps {
  readonly node: string
  readonly shard: number
  readonly blsPublicKey: Hex | undefined
  readonly peers: readonly SequencerPeer[]
  /** Units a transfer. */
  readonly fee: number
  /** batch-maker.ts. */
  readonly windowMs?: number | undefined
  /** admission.ts. */
  readonly checksSenders?: boolean | undefined
}

type Verbs = (typeof RollupSequencerMessages)['verbs']
type Operated = Reply<Verbs, 'Operate'>
type CosignBody = MessageBody<Verbs, 'Cosign'>

const SWEEP_MS = 500
/** What the shard may take beyond the time in which it is to answer. */
const OPERATE_MS = 2000
/** Whoever does not say within this that it works is taken for dead; a link that broke says so at once. */
const PREDECESSOR_MS = 1000

/** Undefined when the columns do not fit together or positions do not rise. */
function readAbsent(body: CosignBody): Absent | undefined {
  const positions = bytesColumn(body.absent)
  const maxFees = bytesColumn(body.maxFees)
  const notAfters = bytesColumn(body.notAfters)
  const { signatures } = body
  const given = maxFees.length
  if (given !== 0 && given !== positions.length) return undefined
  if (notAfters.length !== given || signatures.length !== 64 * given) return undefined
  for (let i = 1; i < positions.length; i++) {
    if ((positions[i] as number) <= (positions[i - 1] as number)) return undefined
  }
  return { positions, maxFees, notAfters, signatures }
}

class Sequencer {
  readonly pending = new Pending()
  readonly groups = new Groups()
  readonly turn: Turn
  readonly maker: BatchMaker
  private readonly admission: Admission
  readonly predecessor: Predecessor
  private readonly ctx: Context
  private readonly props: RollupSequencerProps

  constructor(ctx: Context, props: RollupSequencerProps) {
    this.ctx = ctx
    this.props = props
    const { pending, groups } = this
    this.turn = new Turn(props.shard, props.blsPublicKey, props.peers)
    this.maker = new BatchMaker(ctx, props, pending, groups, this.turn)
    this.predecessor = new Predecessor((node, done) => {
      ctx.ask(RollupSequencerMessages, shardKey(node, props.shard), 'Status', null, {
        within: PREDECESSOR_MS,
        ok: ({ active }) => done(active),
        failed: () => done(false),
      })
    })
    this.admission = new Admission(ctx, props, pending, groups, this.turn, this.predecessor)
    this.sweep()
    ctx.tell(ShardMessages, shardKey(props.node, props.shard), 'Greet', null)
  }

  private sweep(): void {
    for (const group of this.groups.sweep(this.ctx.now())) this.pending.forget(group)
    this.maker.look()
    this.ctx.after('sweep', SWEEP_MS, () => this.sweep())
  }

  get isActive(): boolean {
    return this.turn.isOurs(this.ctx.wallTime())
  }

  findFeeAccount(): void {
    const { turn, maker, props } = this
    const { operator: owner } = turn
    if (!owner || maker.feeAccount !== undefined || props.fee === 0) return
    this.ctx.ask(
      ShardMessages,
      shardKey(props.node, props.shard),
      'IndexOf',
      { owner },
      {
        within: 1000,
        ok: (index) => {
          maker.feeAccount = index
        },
        failed: () => {},
      },
    )
  }

  receive(body: SubmitBody, reply: (submitted: Submitted) => void): void {
    this.orNext((isOurs) => {
      if (!isOurs) {
        reply(this.admission.refusal('NOT_SEQUENCER'))
        return
      }
      this.admission.submit(body, (submitted) => {
        reply(submitted)
        this.maker.look()
      })
    })
  }

  operate(body: MessageBody<Verbs, 'Operate'>, reply: (operated: Operated) => void): void {
    const { ctx, props, admission } = this
    const not = (code: string) =>
      reply({ code, sequencer: admission.refusal(code).sequencer, results: [] })
    this.orNext((isOurs) => {
      if (!isOurs || !this.isActive) {
        not('NOT_SEQUENCER')
        return
      }
      ctx.ask(ShardMessages, shardKey(props.node, props.shard), 'Operate', body, {
        within: body.withinMs + OPERATE_MS,
        ok: (operated) => reply({ ...operated, sequencer: '' }),
        failed: () => not('STALE'),
      })
    })
  }

  /** Takes over from the one whose turn it is only when that does not work. */
  private orNext(take: (isOurs: boolean) => void): void {
    const { ctx, turn, props } = this
    const first = turn.first()
    const now = () => ctx.now()
    const isOthers = first !== '' && first !== props.node
    if (!this.isActive || !isOthers) {
      if (isOthers) this.predecessor.ahead(first, now)
      take(true)
      return
    }
    this.predecessor.look(first, now, (works) => {
      if (!works) ctx.reached('rollup-took-over')
      take(!works)
    })
  }
}

export const RollupSequencer = actor({
  messages: RollupSequencerMessages,
  restart: 'permanent',
  mailbox: { capacity: 16_384, overflow: 'reject' },
  setup(ctx, props: RollupSequencerProps) {
    const sequencer = new Sequencer(ctx, props)
    const { pending, groups, turn, maker } = sequencer
    return {
      Submit(body, reply) {
        sequencer.receive(body, reply)
      },
      Operate(body, reply) {
        sequencer.operate(body, reply)
      },
      Next({ group, after }, reply) {
        groups.next(group, after, ctx.now(), (events, lost) =>
          reply({ events, lost, sequencer: turn.first() }),
        )
      },
      Cosign(body) {
        const absent = readAbsent(body)
        if (!absent) return
        const { group, number, txRoot, signature } = body
        maker.answer(group, number, txRoot, { signature, absent })
      },
      Leave({ group }) {
        groups.leave(group)
      },
      Status(_, reply) {
        reply({
          active: sequencer.isActive,
          sequencer: turn.first(),
          fee: maker.fee,
          pending: pending.size,
          groups: groups.size,
          ...maker.outcomes.counts,
          windowMs: Math.round(maker.next.windowMs),
          cosignMs: maker.cosignMs,
        })
      },
      Figures(_, reply) {
        reply(maker.outcomes.figures.view())
      },
      Look({ inboxWaiting, other, closing, open }) {
        turn.other = other
        turn.isOpen = open
        turn.isClosing = closing
        maker.next.inboxWaits(inboxWaiting)
        sequencer.findFeeAccount()
        maker.look()
      },
      Final(news) {
        turn.ordered(news)
        sequencer.predecessor.ordered()
        maker.final(news)
      },
      Proposed({ number }) {
        maker.proposed(number)
      },
      Undone({ number }) {
        maker.undone(number)
      },
      Epoch({ rules }) {
        turn.rules = decodeEpochRules(rules)
        maker.next.pace.turn(turn.rules)
        sequencer.findFeeAccount()
        maker.look()
      },
      inspect: () => ({ pending: pending.size, groups: groups.size, ...maker.outcomes.counts }),
    }
  },
})

// Senders that tell and ask in every way, and receivers that count what comes. A sender's numbers
// let the receiver see at once what came twice or out of order.

import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Observed } from './observed.ts'
import { Compute, ECHO_WAYS, LedgerMessages, ReceiverMessages, SenderMessages } from './words.ts'

export interface TrafficProps {
  readonly nodes: readonly string[]
  readonly observed: Observed
  readonly burstMax: number
  readonly padMax: number
  readonly everyMs: number
}

/** One for all: making the text of a stack is dear. */
const ON_PURPOSE = new Error('a failure on purpose')
const PAD = new Uint8Array(8192)

class Sending {
  private readonly ctx: Context
  private readonly props: TrafficProps
  private readonly name: string
  private readonly stream: number

  constructor(ctx: Context, props: TrafficProps) {
    this.ctx = ctx
    this.props = props
    this.name = ctx.self.key
    this.stream = props.observed.newStream(this.name)
  }

  private pick(): string {
    return this.props.nodes[this.ctx.random(this.props.nodes.length)] as string
  }

  next(): void {
    const { ctx, props } = this
    if (props.observed.calm) return
    if (ctx.buggify('sender-fails')) throw ON_PURPOSE
    const what = ctx.random(8)
    if (what < 5) this.burst(this.pick(), 1 + ctx.random(ctx.random(8) === 0 ? props.burstMax : 4))
    else if (what < 7) this.echo(this.pick(), ECHO_WAYS[ctx.random(ECHO_WAYS.length)] ?? 'now')
    else this.append(this.pick())
    ctx.after('next', 1 + ctx.random(2 * props.everyMs), () => this.next())
  }

  burst(to: string, count: number): void {
    const { ctx, props } = this
    for (let i = 0; i < count; i++) {
      const verb = ctx.random(3) === 0 ? 'Control' : 'Data'
      const { at, tag } = props.observed.told(this.name, this.stream, to, verb)
      const pad = PAD.subarray(0, ctx.random(props.padMax + 1))
      ctx.tell(ReceiverMessages, to, verb, { stream: this.stream, at, tag, pad })
    }
  }

  /** `must`: with no fault left, an answer has to come. */
  echo(to: string, way: (typeof ECHO_WAYS)[number], must = false): void {
    const { ctx, props, name } = this
    const { observed } = props
    const within = must ? 800 : 20 + ctx.random(400)
    const value = ctx.random(2 ** 31)
    const id = observed.asked(name, this.stream, `Echo ${way} to ${to}`)
    ctx.ask(
      ReceiverMessages,
      to,
      'Echo',
      { value, way },
      {
        within,
        ok: (reply) => {
          observed.askEnded(id, 'answered')
          if (reply !== value) observed.violation(`ask: ${name} got another ask's reply`)
        },
        failed: ({ reason, detail }) => {
          observed.askEnded(id, 'failed')
          ctx.reached(`ask-${reason}`)
          if (must) observed.violation(`stalled: Echo from ${name} to ${to}: ${reason} ${detail}`)
        },
      },
    )
  }

  append(to: string, must = false): void {
    const { ctx, props, name } = this
    const { observed } = props
    const within = must ? 800 : 50 + ctx.random(300)
    const id = observed.asked(name, this.stream, `Append to ${to}`)
    ctx.ask(
      LedgerMessages,
      to,
      'Append',
      { id },
      {
        within,
        ok: ({ ok }) => {
          observed.askEnded(id, 'answered')
          if (ok !== 'yes') return
          observed.counts.appended++
          const known = observed.acknowledged.get(to) ?? []
          known.push(id)
          observed.acknowledged.set(to, known)
        },
        failed: ({ reason }) => {
          observed.askEnded(id, 'failed')
          if (must && !observed.rotten.has(to))
            observed.violation(`stalled: Append from ${name} to ${to}: ${reason}`)
        },
      },
    )
  }
}

export const Sender = actor({
  messages: SenderMessages,
  restart: 'permanent',
  intensity: { failures: 1000, withinMs: 1000 },
  backoff: { firstMs: 1, maxMs: 20 },
  mailbox: { capacity: 16, overflow: 'reject' },
  setup(ctx, props: TrafficProps) {
    const sending = new Sending(ctx, props)
    if (!props.observed.calm) ctx.after('next', ctx.random(props.everyMs), () => sending.next())
    return {
      /** The faults are over: one of everything to everybody, and all of it must arrive. */
      Begin() {
        ctx.cancel('next')
        for (const node of props.nodes) {
          sending.burst(node, 20)
          sending.echo(node, 'now', true)
          sending.echo(node, 'later', true)
          sending.append(node, true)
        }
      },
    }
  },
})

export const Receiver = actor({
  messages: ReceiverMessages,
  restart: 'permanent',
  intensity: { failures: 1000, withinMs: 1000 },
  backoff: { firstMs: 1, maxMs: 20 },
  mailbox: { capacity: 256, overflow: 'reject' },
  setup(ctx, { observed }: TrafficProps) {
    const name = ctx.self.key
    let stashes = 0
    return {
      Data({ stream, at, tag }) {
        observed.heard(name, 'Data', stream, at, tag)
      },
      Control({ stream, at, tag }) {
        observed.heard(name, 'Control', stream, at, tag)
      },
      Echo({ value, way }, reply) {
        const later = () => reply(value)
        if (way === 'throw') throw ON_PURPOSE
        if (way === 'stash' && stashes++ % 2 === 0) {
          ctx.stash()
          ctx.after('unstash', 1 + ctx.random(10), () => ctx.unstash())
        } else if (way === 'task') {
          ctx.run(Compute, value, { within: 100, ok: reply, failed: () => {} })
        } else if (way === 'later') ctx.after(`reply ${value}`, ctx.random(30), later)
        else if (way !== 'never') later()
        if (way === 'twice') later()
      },
    }
  },
})

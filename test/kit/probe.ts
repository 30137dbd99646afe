// An actor for runtime tests: remembers what it was told, and fails, waits or stops when asked to.

import { nothing, str, struct, u53 } from '../../lib/schema.ts'
import { actor, type MailboxPolicy, type RestartKind } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

export const ProbeMessages = messages('probe', 1, {
  Note: tell(struct({ text: str() })),
  Urgent: tell(struct({ text: str() }), 'control'),
  Fail: tell(nothing),
  Stop: tell(nothing),
  Stash: tell(struct({ text: str() })),
  Unstash: tell(nothing),
  Double: ask(u53, u53),
  Never: ask(nothing, u53),
  Twice: ask(nothing, u53),
})

export interface ProbeProps {
  /** What all incarnations did, in order. */
  readonly seen: string[]
  readonly onStart?: (ctx: Context) => void
}

export interface ProbeOptions {
  readonly restart?: RestartKind
  readonly mailbox?: MailboxPolicy
  readonly failures?: number
}

export function probe({ restart = 'permanent', mailbox, failures = 5 }: ProbeOptions = {}) {
  return actor({
    messages: ProbeMessages,
    restart,
    mailbox: mailbox ?? { capacity: 100, overflow: 'reject' },
    intensity: { failures, withinMs: 10_000 },
    backoff: { firstMs: 10, maxMs: 1000 },
    setup(ctx, props: ProbeProps) {
      const { seen } = props
      let open = false
      seen.push(`start ${ctx.self.key} ${ctx.incarnation}`)
      props.onStart?.(ctx)
      return {
        Note: ({ text }) => void seen.push(text),
        Urgent: ({ text }) => void seen.push(text),
        Fail() {
          throw new Error('told to')
        },
        Stop: () => ctx.stop(),
        Stash({ text }) {
          if (open) seen.push(text)
          else ctx.stash()
        },
        Unstash() {
          open = true
          ctx.unstash()
        },
        Double: (n, reply) => reply(2 * n),
        Never() {},
        Twice(_, reply) {
          reply(1)
          reply(2)
        },
        stopping: () => void seen.push(`stopping ${ctx.self.key}`),
      }
    },
  })
}

// Hosts on virtual time for tests: one clock and one seed for all, links with a fixed delay that
// keep their order, and one actor kind whose handlers a test writes in place.

import { prng } from '../../lib/prng.ts'
import { nothing, str, struct, u53 } from '../../lib/schema.ts'
import type { Actor, Handlers } from '../../runtime/actor.ts'
import { actor } from '../../runtime/actor.ts'
import type { Context } from '../../runtime/context.ts'
import type { AskFailed } from '../../runtime/edge.ts'
import { Host, type HostOptions } from '../../runtime/host.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'

export const Probe = messages('probe', 1, {
  Note: tell(str(64)),
  Urgent: tell(str(64), 'control'),
  Pair: tell(struct({ n: u53, text: str(8) })),
  Echo: ask(str(64), str(64)),
  Count: ask(nothing, u53),
})

type ProbeVerbs = (typeof Probe)['verbs']
export type ProbeHandlers = Partial<Handlers<ProbeVerbs>>
export type Setup = (ctx: Context) => ProbeHandlers
type Policy = Partial<
  Pick<Actor<ProbeVerbs, null>, 'restart' | 'mailbox' | 'intensity' | 'backoff'>
>

/** An actor that does nothing but what the test says. */
export function probe(setup: Setup, policy: Policy = {}): Actor<ProbeVerbs, null> {
  return actor<ProbeVerbs, null>({
    messages: Probe,
    restart: 'permanent',
    mailbox: { capacity: 64, overflow: 'reject' },
    ...policy,
    setup: (ctx) => ({
      Note: () => {},
      Urgent: () => {},
      Pair: () => {},
      Echo: (text, reply) => reply(text),
      Count: (_, reply) => reply(0),
      ...setup(ctx),
    }),
  })
}

/** Links with one virtual millisecond of delay; `cut` breaks them and both ends hear of it. */
export function virtualLinks(time: Timeline): { ends: [Link, Link]; cut: () => void } {
  let open = true
  const receivers: ((frame: Uint8Array, lane: Lane) => void)[] = []
  const downs: ((why: string) => void)[] = []
  const queues: [Uint8Array, Lane][][] = [[], []]
  const cut = (why = 'cut') => {
    if (!open) return
    open = false
    time.after(0, () => {
      for (const down of downs) down(why)
    })
  }
  const end = (mine: number): Link => ({
    send(frame, lane) {
      if (!open) return false
      const queue = queues[1 - mine] as [Uint8Array, Lane][]
      queue.push([frame.slice(), lane])
      time.after(1, () => {
        const next = queue.shift()
        if (open && next) receivers[1 - mine]?.(...next)
      })
      return true
    },
    onFrame: (receive) => {
      receivers[mine] = receive
    },
    onDrain() {},
    onDown: (down) => {
      downs[mine] = down
    },
    close: cut,
  })
  return { ends: [end(0), end(1)], cut }
}

/** The host that a key names before a dot; `main` without one. */
export function placeByKey(_kind: string, key: string): string {
  return key.includes('.') ? (key.split('.')[0] as string) : 'main'
}

export class TestWorld {
  readonly time = new Timeline(prng('test'))
  readonly logs: string[] = []

  /** Actors live on the host that their key names before a dot, else on `a`. */
  host(name: string, more: Partial<HostOptions> = {}): Host {
    return new Host({
      name,
      place: (kind, key) => (key.includes('.') ? placeByKey(kind, key) : 'a'),
      clock: {
        now: () => this.time.now,
        wallTime: () => Math.floor(1_700_000_000_000 + this.time.now),
        after: (ms, run) => this.time.after(ms, run),
      },
      entropy: { random: (below) => prng(`e${this.time.steps}`).below(below) },
      scheduler: (turn) => this.time.after(0, turn),
      storeFor: () => new MemoryStore(),
      tasks: { start: () => () => {} },
      log: (line) => this.logs.push(line.event),
      strict: true,
      ...more,
    })
  }

  run(ms = 1): void {
    this.time.runFor(ms)
  }
}

export function linked(world: TestWorld): { a: Host; b: Host; cut: () => void } {
  const a = world.host('a')
  const b = world.host('b')
  const { ends, cut } = virtualLinks(world.time)
  a.attach('b', ends[0])
  b.attach('a', ends[1])
  return { a, b, cut }
}

/** How an ask ended: its reply, or `!reason`. Settles once promises have run. */
export async function ended(reply: Promise<unknown>): Promise<unknown> {
  return reply.catch((error: AskFailed) => `!${error.failure.reason}`)
}

/** State of an actor as the inspector sees it; undefined when it is gone. */
export function stateOf(host: Host, key: string): string | undefined {
  return host.snapshot().actors.find((one) => one.key === key)?.state
}

// Actors that die, keepers that raise new ones, and watchers on other hosts that must hear of every
// death once.

import { actor } from '../../../runtime/actor.ts'
import { ref } from '../../../runtime/ref.ts'
import type { Observed } from './observed.ts'
import { KeeperMessages, MortalMessages, WatcherMessages } from './words.ts'

export interface MortalProps {
  readonly observed: Observed
  readonly nodes: readonly string[]
  readonly lifeMs: number
}

/** One for all: making the text of a stack is dear. */
const ON_PURPOSE = new Error('a death on purpose')

const Mortal = actor({
  messages: MortalMessages,
  restart: 'temporary',
  mailbox: { capacity: 4, overflow: 'drop-oldest' },
  setup(ctx, { observed, lifeMs }: MortalProps) {
    ctx.after('death', 1 + ctx.random(lifeMs), () => {
      observed.counts.deaths++
      if (ctx.random(2) === 0) throw ON_PURPOSE
      ctx.stop()
    })
    return { Nothing() {} }
  },
})

export const Keeper = actor({
  messages: KeeperMessages,
  restart: 'permanent',
  mailbox: { capacity: 4, overflow: 'reject' },
  setup(ctx, props: MortalProps) {
    const raise = () => {
      const child = ctx.spawn(Mortal, ctx.self.key, props)
      ctx.watch(child, (why) => {
        ctx.reached(`mortal-${why}`)
        ctx.after('raise', 5, raise)
      })
    }
    raise()
    return { Nothing() {} }
  },
})

/** How long after its last call a watcher may wait at most, when nothing is wrong. */
export const HEARS_WITHIN_LIVES = 3

export const Watcher = actor({
  messages: WatcherMessages,
  restart: 'permanent',
  mailbox: { capacity: 4, overflow: 'reject' },
  setup(ctx, { observed, nodes }: MortalProps) {
    const watch = (node: string) => {
      let calls = 0
      ctx.watch(ref('mortal', node), (why) => {
        if (++calls > 1) observed.violation(`watch: ${ctx.self.key} called twice for ${node}`)
        ctx.reached(`watched-${why}`)
        observed.watchCalled(ctx.self.key, node)
        ctx.after(`again ${node}`, 5 + ctx.random(20), () => watch(node))
      })
    }
    for (const node of nodes) watch(node)
    return { Names() {} }
  },
})

// The parts of the runtime bench: each a module beside this one whose one function returns plain
// figures. Each runs in a process of its own, so that none warms or burdens another.

export interface Part {
  /** Its name in the document that `--json` prints. */
  readonly name: string
  readonly module: string
  readonly run: string
  /** What the part is about, and the figures that have a goal. */
  readonly title: string
  readonly goals: Readonly<Record<string, string>>
}

export const PARTS: readonly Part[] = [
  {
    name: 'in_thread',
    module: 'in-thread',
    run: 'inThread',
    title: 'Within one thread',
    goals: { tells_per_s: 'at least 10,000,000', vs_nact: 'at least 5' },
  },
  {
    name: 'actor',
    module: 'idle-actor',
    run: 'idleActor',
    title: 'One idle actor among 100,000',
    goals: { idle_bytes: 'below 1,024' },
  },
  {
    name: 'cross_thread',
    module: 'cross-thread',
    run: 'crossThread',
    title: 'Between two threads',
    goals: {
      typed_vs_postmessage: 'at least 2',
      bytes_vs_postmessage: 'at least 20',
      rtt_vs_postmessage: 'at most 1',
    },
  },
  {
    name: 'libp2p',
    module: 'libp2p',
    run: 'overLibp2p',
    title: 'Between two processes over libp2p',
    goals: { vs_bare_stream: 'at least 0.9' },
  },
]

// A schedule of faults as plain data: what goes wrong, when, and for how long. A swarm seed draws
// one, a property test shrinks one, and a file or an argument replays one.

import type { World } from './world.ts'

export type Fault =
  | { readonly do: 'crash'; readonly node: string; readonly forMs: number }
  | { readonly do: 'pause'; readonly node: string; readonly forMs: number }
  /** Nothing passes from one group to the other, one way or both ways. */
  | {
      readonly do: 'cut'
      readonly from: readonly string[]
      readonly to: readonly string[]
      readonly bothWays: boolean
      readonly forMs: number
    }
  | { readonly do: 'isolate'; readonly node: string; readonly forMs: number }
  /** What is sent waits, and comes all at once at the end. */
  | { readonly do: 'clog'; readonly from: string; readonly to: string; readonly forMs: number }
  /** The nodes are clogged one after the other, and let go in another order. */
  | { readonly do: 'swizzle'; readonly nodes: readonly string[]; readonly forMs: number }
  | { readonly do: 'disconnect'; readonly a: string; readonly b: string }
  | { readonly do: 'fill-disk'; readonly node: string; readonly forMs: number }
  | { readonly do: 'stall-disk'; readonly node: string; readonly forMs: number }
  | { readonly do: 'rot'; readonly node: string; readonly disk: string }
  | { readonly do: 'step-clock'; readonly node: string; readonly byMs: number }
  | { readonly do: 'drift-clock'; readonly node: string; readonly rate: number }
  /** All links lose, double and overtake frames at this rate. */
  | { readonly do: 'bad-links'; readonly rate: number; readonly forMs: number }

export interface ScheduledFault {
  readonly atMs: number
  readonly fault: Fault
}

/** Strikes now, and ends by itself; in a healed world nothing happens any more. */
export function applyFault(world: World, fault: Fault): void {
  if (world.healed) return
  world.event(`fault ${JSON.stringify(fault)}`)
  world.mark(`fault-${fault.do}`)
  const end = begin(world, fault)
  if (end) world.timeline.after((fault as { forMs: number }).forMs, end)
}

function begin(world: World, fault: Fault): (() => void) | undefined {
  const { network } = world
  switch (fault.do) {
    case 'crash':
      world.crash(fault.node)
      return () => world.start(fault.node)
    case 'pause':
      world.pause(fault.node, fault.forMs)
      return undefined
    case 'cut':
      return both(pairs(fault.from, fault.to, fault.bothWays).map(([a, b]) => network.block(a, b)))
    case 'isolate':
      return both(pairs([fault.node], world.names(), true).map(([a, b]) => network.block(a, b)))
    case 'clog':
      return network.clog(fault.from, fault.to)
    case 'swizzle':
      swizzle(world, fault.nodes, fault.forMs)
      return undefined
    case 'disconnect':
      world.disconnect(fault.a, fault.b)
      return undefined
    case 'bad-links':
      return world.network.worsen(fault.rate)
    default:
      touchNode(world, fault)
      return undefined
  }
}

type NodeFault = Extract<
  Fault,
  { do: 'fill-disk' | 'stall-disk' | 'rot' | 'step-clock' | 'drift-clock' }
>

/** Disks and clocks. */
function touchNode(world: World, fault: NodeFault): void {
  const { now } = world.timeline
  switch (fault.do) {
    case 'fill-disk':
      for (const [, platter] of world.disks(fault.node)) platter.fullUntil = now + fault.forMs
      break
    case 'stall-disk':
      for (const [, platter] of world.disks(fault.node)) platter.stalledUntil = now + fault.forMs
      break
    case 'rot':
      world.rot(fault.node, fault.disk)
      break
    case 'step-clock':
      world.clock(fault.node).step(fault.byMs)
      break
    case 'drift-clock':
      world.clock(fault.node).setRate(fault.rate)
  }
}

function both(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end()
  }
}

function pairs(
  from: readonly string[],
  to: readonly string[],
  bothWays: boolean,
): [string, string][] {
  return from.flatMap((a) =>
    to
      .filter((b) => b !== a)
      .flatMap((b): [string, string][] =>
        bothWays
          ? [
              [a, b],
              [b, a],
            ]
          : [[a, b]],
      ),
  )
}

/** FoundationDB's swizzle-clog: begun in one order, ended in the reverse of every second one. */
function swizzle(world: World, nodes: readonly string[], forMs: number): void {
  const half = forMs / 2
  nodes.forEach((node, i) => {
    const begin = (half * i) / nodes.length
    const rank = i % 2 === 0 ? i : nodes.length - i
    const end = half + (half * rank) / nodes.length
    world.timeline.after(begin, () => {
      if (world.healed) return
      const clogs = pairs([node], world.names(), true).map(([a, b]) => world.network.clog(a, b))
      world.timeline.after(end - begin, both(clogs))
    })
  })
}

export function startSchedule(world: World, schedule: readonly ScheduledFault[]): void {
  for (const { atMs, fault } of schedule) {
    world.timeline.after(atMs, () => applyFault(world, fault))
  }
}

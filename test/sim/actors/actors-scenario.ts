// The runtime alone, under every fault there is: a few hosts whose actors tell, ask, watch, commit
// and die, first in a safety phase in which anything goes, then healed, when everything must work.

import { u64 } from '../../../lib/bytes.ts'
import { type Prng, prng } from '../../../lib/prng.ts'
import type { Host } from '../../../runtime/host.ts'
import type { LogLine } from '../../../runtime/ports.ts'
import { refText } from '../../../runtime/ref.ts'
import { drawSchedule } from '../../../runtime/sim/draw-schedule.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import { type Faults, NO_FAULTS } from '../../../runtime/sim/faults.ts'
import { World } from '../../../runtime/sim/world.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { Accounting } from './accounting.ts'
import { Ledger } from './ledger.ts'
import { Keeper, type MortalProps, Watcher } from './mortals.ts'
import { Observed } from './observed.ts'
import { Receiver, Sender, type TrafficProps } from './traffic.ts'
import { SenderMessages } from './words.ts'

const SAFETY_MS = 600
/** Long enough for heartbeats to fail. */
const LONG_SAFETY_MS = 15_000
/** Longer than the longest wait before a link says again what may have been lost. */
const SETTLE_MS = 4500
const CALM_MS = 1200
const LIFE_MS = 800
/** More than a link's window: its writers are parked. */
const FLOOD = 20_000

interface Drawn {
  readonly nodes: readonly string[]
  readonly faults: Faults
  readonly traffic: { readonly burstMax: number; readonly padMax: number; readonly everyMs: number }
  readonly schedule: ScheduledFault[]
  readonly safetyMs: number
}

function drawFaults(random: Prng): Faults {
  const sometimes = (most: number) => (random.chance(0.5) ? random.unit() * most : 0)
  return {
    network: {
      latencyMinMs: 0.1 + random.unit() * 5,
      latencyTailMs: random.unit() * 10,
      loss: sometimes(0.1),
      duplication: sometimes(0.1),
      reordering: sometimes(0.2),
      bytesPerMs: random.chance(0.4) ? 50 + random.below(2000) : Number.POSITIVE_INFINITY,
      capacityBytes: 10_000 + random.below(1 << 18),
      silentCrash: sometimes(0.8),
    },
    disk: {
      commitMinMs: 0.1 + random.unit() * 2,
      commitTailMs: random.unit() * 5,
      full: sometimes(0.1),
    },
    tasks: {
      minMs: 0.1,
      tailMs: random.unit() * 30,
      failed: sometimes(0.2),
      rejected: sometimes(0.2),
      stalled: sometimes(0.2),
    },
    clockOffsetMs: random.below(1000),
    clockDrift: sometimes(0.05),
    buggify: sometimes(0.2),
  }
}

function draw(seed: number): Drawn {
  const random = prng(`actors/${seed}`)
  const nodes = Array.from({ length: 2 + random.below(3) }, (_, i) => `n${i}`)
  const isLong = random.chance(0.1)
  const safetyMs = isLong ? LONG_SAFETY_MS : SAFETY_MS
  const schedule = drawSchedule(random.split('schedule'), {
    nodes,
    untilMs: safetyMs,
    everyMs: (20 + random.below(150)) * (isLong ? 10 : 1),
    longestMs: isLong ? 9000 : 300,
    kinds: [
      'crash',
      'pause',
      'cut',
      'isolate',
      'clog',
      'swizzle',
      'disconnect',
      'fill-disk',
      'stall-disk',
      'rot',
      'step-clock',
      'drift-clock',
      'bad-links',
    ],
    clockStepMs: 10_000,
    clockDrift: 0.05,
  })
  const isFlood = random.chance(0.03)
  const traffic = {
    burstMax: isFlood ? FLOOD : random.chance(0.15) ? 1200 : 30,
    padMax: random.chance(0.3) ? 2000 : 50,
    everyMs: (5 + random.below(30)) * (isLong ? 8 : 1) + (isFlood ? 100 : 0),
  }
  return { nodes, faults: drawFaults(random.split('faults')), traffic, schedule, safetyMs }
}

/** No frame was lost, doubled or overtaken on purpose. */
function isOrderly({ faults, schedule }: Drawn): boolean {
  const { loss, duplication, reordering } = faults.network
  const bad = schedule.some(({ fault }) => fault.do === 'bad-links')
  return loss + duplication + reordering === 0 && !bad
}

class Run {
  readonly observed = new Observed()
  readonly accounting = new Accounting(this.observed)
  readonly world: World
  private readonly drawn: Drawn
  private readonly plant: string | undefined

  constructor(seed: number, options: SeedOptions) {
    this.plant = options.plant
    this.drawn = { ...draw(seed), ...(options.schedule && { schedule: [...options.schedule] }) }
    const { onLog, onEvent } = options
    const log = (line: LogLine, atMs: number) => {
      this.markLine(line)
      onLog?.(line, atMs)
    }
    this.world = new World({
      seed: `actors-world/${seed}`,
      faults: this.drawn.faults,
      place: (_kind, key) => key.split('/')[0] as string,
      disk: () => 'main',
      tasks: { compute: (value: number) => value },
      wallStartMs: 1_800_000_000_000,
      onCrash: (host) => this.accounting.crashed(host),
      onLog: log,
      ...(onEvent && { onEvent }),
    })
    this.world.network.watch((fate, _from, _to, frame) => this.accounting.network.see(fate, frame))
  }

  /** What the runtime says of its links becomes marks, as do actors that are parked. */
  private markLine({ actor, event, fields }: LogLine): void {
    if (actor) return
    const why = String(fields?.why ?? '')
    if (event === 'peer suspect') this.world.mark('peer-suspect')
    if (/^nothing heard/.test(why)) this.world.mark('peer-silent')
    if (/takes its place$/.test(why)) this.world.mark('link-replaced')
    if (/started anew$/.test(why)) this.world.mark('peer-started-anew')
  }

  private listen(host: Host): void {
    this.accounting.listen(host)
    const park = host.park.bind(host)
    host.park = (cell, peer) => {
      this.world.mark('parked')
      park(cell, peer)
    }
  }

  go(): void {
    const { world, drawn, observed } = this
    const { nodes, traffic, schedule } = drawn
    const props: TrafficProps & MortalProps = { nodes, observed, lifeMs: LIFE_MS, ...traffic }
    for (const node of nodes) {
      world.addNode(node, (host) => {
        this.listen(host)
        host.spawn(Receiver, node, props)
        host.spawn(Ledger, node, { observed, hasty: this.plant === 'ack-before-sync' })
        host.spawn(Keeper, node, props)
        host.spawn(Watcher, node, props)
        host.spawn(Sender, node, props)
      })
    }
    startSchedule(world, schedule)
    world.runFor(drawn.safetyMs)
    this.heal()
    world.runFor(SETTLE_MS)
    for (const node of nodes) {
      world.host(node)?.edge.tell(SenderMessages, node, 'Begin', null)
      world.host(node)?.spawn(Watcher, `${node}/calm`, props)
    }
    world.runFor(CALM_MS)
    this.check()
  }

  private heal(): void {
    const { world, observed } = this
    observed.calm = true
    world.network.faults = NO_FAULTS.network
    world.faults = { ...NO_FAULTS, clockDrift: 0 }
    world.heal()
  }

  private check(): void {
    const { observed, drawn } = this
    observed.checkAsks()
    for (const from of drawn.nodes) {
      for (const to of drawn.nodes) {
        const called = observed.watchCalls.has(`${from}/calm ${to}`)
        if (!called) observed.violation(`watch: ${from}/calm never heard of mortal/${to}`)
      }
      this.checkLedger(from)
      for (const cell of this.world.host(from)?.routes.all() ?? []) {
        if (cell.parkedOn?.size) observed.violation(`parked: ${refText(cell.ref)} for ever`)
      }
    }
    this.accounting.check(isOrderly(drawn))
  }

  private checkLedger(node: string): void {
    const table = this.world.platter(node, 'main').table('entries')
    for (const id of this.observed.acknowledged.get(node) ?? []) {
      if (!table.has(u64(id))) this.observed.violation(`lost: ${node} acknowledged ${id}`)
    }
  }

  verdict(seed: number): Verdict {
    const { world, observed } = this
    const marks = Object.fromEntries(world.marks)
    const trace = [
      world.timeline.steps,
      world.trace.value.toString(16),
      world.random.below(2 ** 32),
    ].join('/')
    return { seed, violations: observed.violations, marks, trace, done: { ...observed.counts } }
  }
}

const REQUIRED_MARKS = [
  'sim-torn-batch',
  'rot-caught',
  'disk-full',
  'ledger-restarted',
  'parked',
  'peer-suspect',
  'peer-silent',
  'link-replaced',
  'ask-expired',
  'ask-failed',
  'ask-node-down',
  'ask-rejected',
  'watched-stopped',
  'watched-failed',
  'watched-unreachable',
]

export const actorsScenario: Scenario = {
  name: 'actors',
  plants: ['ack-before-sync'],
  requiredMarks: REQUIRED_MARKS,
  seedsForMarks: 2000,
  schedule: (seed) => draw(seed).schedule,
  run(seed, options = {}) {
    const run = new Run(seed, options)
    try {
      run.go()
    } catch (error) {
      const where = (error as Error).stack?.split('\n').slice(0, 4).join(' | ')
      run.observed.violation(`crash: ${where}`)
    }
    return run.verdict(seed)
  },
}

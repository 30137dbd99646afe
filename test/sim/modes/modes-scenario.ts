// All three modes and the switches between them, every few blocks, with liars among the validators:
// first anything goes, then the network heals, and the honest must make progress and agree.

import { type Prng, prng } from '../../../lib/prng.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { type ClusterSize, ModesCluster, type Weather } from './modes-cluster.ts'

const SAFETY_MS = 15_000
const LIVENESS_MS = 40_000
const CHECK_EVERY_MS = 1000
const FAULT_EVERY_MS = 800
/** Epochs that the honest must end after healing. */
const PROGRESS_EPOCHS = 2

const FULL = { authorities: 21, stakers: 30 }

/** Mostly small, because faults hide in coincidences and small clusters are quick; some are full. */
function drawSize(random: Prng, byzantine: number | undefined): ClusterSize {
  if (byzantine !== undefined) {
    const liarAuthorities = Math.min(byzantine, FULL.authorities)
    return { ...FULL, liarAuthorities, liarStakers: 0, allEquivocate: true }
  }
  const kind = random.below(100)
  const size =
    kind < 2
      ? FULL
      : kind < 12
        ? { authorities: 7 + random.below(7), stakers: random.below(8) }
        : { authorities: 4 + random.below(4), stakers: random.below(5) }
  // Stakes are equal, and an authority's counts: together under a third of either.
  const most = Math.floor((size.authorities - 1) / 3)
  const liarAuthorities = random.chance(0.7) ? random.below(most + 1) : 0
  const room = Math.ceil((size.authorities + size.stakers) / 3) - 1 - liarAuthorities
  const liarStakers = random.chance(0.5) ? random.below(Math.min(room, size.stakers) + 1) : 0
  return { ...size, liarAuthorities, liarStakers: Math.max(0, liarStakers) }
}

function drawWeather(random: Prng): Weather {
  return {
    latencyMs: 1 + random.unit() * 40,
    tailMs: random.chance(0.5) ? random.unit() * 30 : 1,
    loss: random.chance(0.4) ? random.unit() * 0.1 : 0,
  }
}

type Names = readonly string[]

function pick(random: Prng, names: Names): string {
  return names[random.below(names.length)] as string
}

/** One fault: a crash with a restart, a pause, a cut, an asynchronous spell, a clock that is off. */
function fault(cluster: ModesCluster, random: Prng, honest: Names): void {
  const name = pick(random, honest)
  const member = cluster.members.get(name)
  if (!member) return
  const lasts = 200 + random.below(3000)
  const { time } = cluster
  const kind = random.below(5)
  if (kind === 0 && member.isUp) {
    member.crash()
    cluster.reached('crash')
    time.after(lasts, () => {
      if (!member.isUp) member.start()
    })
  } else if (kind === 1) member.pausedUntil = time.now + lasts
  else if (kind === 2) {
    const cut = [...cluster.members.keys()].filter(() => random.chance(0.5))
    const oneWay = random.chance(0.3)
    const pairs = cut.flatMap((other) =>
      oneWay ? [`${name}>${other}`] : [`${name}>${other}`, `${other}>${name}`],
    )
    for (const pair of pairs) cluster.cut.add(pair)
    time.after(lasts, () => {
      for (const pair of pairs) cluster.cut.delete(pair)
    })
  } else if (kind === 3) {
    cluster.stormUntil = Math.max(cluster.stormUntil, time.now + lasts)
    cluster.reached('asynchrony')
  } else member.clockOffsetMs = random.below(300) - 150
}

function heal(cluster: ModesCluster, leftDown: Names): void {
  cluster.cut.clear()
  cluster.stormUntil = 0
  cluster.weather = { latencyMs: 10, tailMs: 5, loss: 0 }
  for (const [name, member] of cluster.members) {
    member.pausedUntil = 0
    member.clockOffsetMs = 0
    if (leftDown.includes(name)) member.crash()
    else if (!member.isUp) member.start()
  }
}

/** Some honest ones may be down for good, within what the modes bear together with the liars. */
function drawDown(random: Prng, size: ClusterSize, honest: Names): string[] {
  const bears = Math.floor((size.authorities - 1) / 3) - size.liarAuthorities
  const share = Math.floor((size.authorities + size.stakers - 1) / 3)
  const most = Math.min(bears, share - size.liarAuthorities - size.liarStakers)
  if (most <= 0 || !random.chance(0.3)) return []
  return [pick(random, honest)]
}

function epochOf(cluster: ModesCluster, name: string): number {
  return cluster.members.get(name)?.disk.final.at(-1)?.state.rules.epoch ?? 0
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`modes-swarm/${seed}`)
  const size = drawSize(random.split('size'), options.byzantine)
  const epochBlocks = 2 + random.below(5)
  const note = options.onEvent
  const weather = drawWeather(random.split('weather'))
  const cluster = new ModesCluster(String(seed), size, epochBlocks, weather, note)
  const { checker, time } = cluster
  const names = [...cluster.members.keys()]
  const honest = names.filter((name) => cluster.isHonest(name))
  const faults = random.split('faults')
  const violations: string[] = []
  const isOver = () => checker.violations.length > 0
  cluster.start()
  const plan = () => {
    if (time.now >= SAFETY_MS) return
    if (options.byzantine === undefined) fault(cluster, faults, honest)
    time.after(faults.below(2 * FAULT_EVERY_MS), plan)
  }
  plan()
  for (let at = 0; at < SAFETY_MS && !isOver(); at += CHECK_EVERY_MS) time.runFor(CHECK_EVERY_MS)
  const leftDown = drawDown(random.split('down'), size, honest)
  const core = honest.filter((name) => !leftDown.includes(name))
  heal(cluster, leftDown)
  const before = Math.max(...core.map((name) => epochOf(cluster, name)))
  const least = () => Math.min(...core.map((name) => epochOf(cluster, name)))
  const wanted = before + PROGRESS_EPOCHS
  for (let at = 0; at < LIVENESS_MS && !isOver() && least() < wanted; at += CHECK_EVERY_MS) {
    time.runFor(CHECK_EVERY_MS)
  }
  violations.push(...checker.violations.slice(0, 5))
  if (checker.hasForked) violations.push(checker.blame())
  if (!isOver() && options.byzantine === undefined && least() < wanted) {
    const epochs = core.map((name) => `${name}:${epochOf(cluster, name)}`).join(' ')
    violations.push(`progress: epochs ${epochs} after healing at ${before}`)
  }
  const heights = core.map((name) => cluster.members.get(name)?.height ?? 0)
  return {
    seed,
    violations,
    marks: Object.fromEntries(cluster.marks),
    trace: `${time.steps}/${cluster.random.below(2 ** 32)}/${checker.digest()}`,
    done: { blocks: Math.max(...heights), epochs: before, validators: names.length },
  }
}

export const modesScenario: Scenario = {
  name: 'modes',
  plants: [],
  requiredMarks: [
    'mode-switch',
    'checkpoint-certified',
    'boundary-proposed-again',
    'nullified-view',
    'catch-up',
    'restored-from-sign-log',
    'liar-proposed-twice',
    'invalid-proposal',
    'evidence-E1',
    'evidence-E2',
    'evidence-E3',
    'evidence-E4',
  ],
  seedsForMarks: 300,
  schedule: () => [],
  run,
}

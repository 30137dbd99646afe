// All three modes and the switches between them, every few blocks, with liars among the validators:
// first anything goes, then the network heals, and the honest must make progress and agree.

import { type Prng, prng } from '../../../lib/prng.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { type ClusterSize, ModesCluster, type Weather } from './modes-cluster.ts'
import { drawFrail, fault, heal, type Struck } from './modes-faults.ts'
import { drawPlan, drawSmallPlan, liarsPlan, type ModesPlan } from './modes-plan.ts'
import { MODES_PLANTS } from './planted-forgetting.ts'

/**
 * Time-outs may have grown to 15 s a view by the time of healing, and shrink only with the next
 * final block: two liars who lead in a row already take 30 s. Others are done much sooner.
 */
const LIVENESS_MS = 120_000
/** With more liars than the protocol bears: so long is a fork waited for. */
const FORK_MS = 40_000
/** Epochs that the honest must end after healing. */
const PROGRESS_EPOCHS = 2

function drawWeather(random: Prng): Weather {
  return {
    latencyMs: 1 + random.unit() * 40,
    tailMs: random.chance(0.5) ? random.unit() * 30 : 1,
    loss: random.chance(0.4) ? random.unit() * 0.1 : 0,
  }
}

function epochOf(cluster: ModesCluster, name: string): number {
  return cluster.members.get(name)?.disk.final.at(-1)?.state.rules.epoch ?? 0
}

function marksOfSize(cluster: ModesCluster, size: ClusterSize): void {
  const { authorities, stakers, liarAuthorities, liarStakers } = size
  if (liarAuthorities === Math.floor((authorities - 1) / 3))
    cluster.reached('most-liar-authorities')
  const all = Math.ceil((authorities + stakers) / 3) - 1
  if (liarAuthorities + liarStakers === all) cluster.reached('most-liar-stake')
}

/** Anything goes, until enough epochs have ended or the time is up. */
function safetyPhase(cluster: ModesCluster, plan: ModesPlan, faults: Prng, struck: Struck): void {
  const { time, checker } = cluster
  const { least, most } = plan.safetyMs
  let isOver = false
  const strike = () => {
    if (isOver || time.now >= most) return
    if (struck.most > 0) fault(cluster, faults, struck)
    time.after(faults.below(2 * plan.faultEveryMs), strike)
  }
  strike()
  const enough = () => struck.honest.some((name) => epochOf(cluster, name) >= plan.safetyEpochs)
  while (time.now < most && checker.violations.length === 0) {
    if (time.now >= least && enough()) break
    time.runFor(plan.lookEveryMs)
  }
  isOver = true
}

function run(plan: ModesPlan, random: Prng, seed: number, options: SeedOptions): Verdict {
  const { epochBlocks, firstMode } = plan
  const size = { ...plan.size, plant: options.plant }
  const weather = drawWeather(random.split('weather'))
  const note = options.onEvent
  const cluster = new ModesCluster(String(seed), size, epochBlocks, weather, note, firstMode)
  const { checker, time } = cluster
  const names = [...cluster.members.keys()]
  const honest = names.filter((name) => cluster.isHonest(name))
  marksOfSize(cluster, size)
  cluster.start()
  const { leftDown, forgetful } = drawFrail(random.split('down'), size, honest)
  const struck = { honest, most: plan.struckMost, forgetful }
  safetyPhase(cluster, plan, random.split('faults'), struck)
  const core = honest.filter((name) => !leftDown.includes(name))
  heal(cluster, leftDown)
  const before = Math.max(...core.map((name) => epochOf(cluster, name)))
  const least = () => Math.min(...core.map((name) => epochOf(cluster, name)))
  const wanted = before + PROGRESS_EPOCHS
  const isOver = () => checker.violations.length > 0 || options.safetyOnly === true
  const lasts = options.byzantine === undefined ? LIVENESS_MS : FORK_MS
  for (let at = 0; at < lasts && !isOver() && least() < wanted; at += plan.lookEveryMs) {
    time.runFor(plan.lookEveryMs)
  }
  const violations = checker.violations.slice(0, 5)
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
    done: {
      blocks: Math.max(...heights),
      epochs: before,
      validators: names.length,
      liars: size.liarAuthorities + size.liarStakers,
      events: time.steps,
    },
  }
}

const MARKS = [
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
  'evidence-E5',
  'crash-after-vote',
  'older-chain',
  'untold-write',
  'most-liar-authorities',
  'most-liar-stake',
]

export const modesScenario: Scenario = {
  name: 'modes',
  plants: MODES_PLANTS,
  requiredMarks: MARKS,
  seedsForMarks: 200,
  schedule: () => [],
  run(seed, options = {}) {
    const random = prng(`modes-swarm/${seed}`)
    const { byzantine } = options
    const plan =
      byzantine === undefined ? drawPlan(random.split('plan')) : liarsPlan(random, byzantine)
    return run(plan, random, seed, options)
  },
}

/** Fewer validators, longer. */
export const smallModesScenario: Scenario = {
  ...modesScenario,
  name: 'modes-small',
  seedsForMarks: 300,
  run(seed, options = {}) {
    const random = prng(`modes-swarm/${seed}`)
    return run(drawSmallPlan(random), random, seed, options)
  },
}

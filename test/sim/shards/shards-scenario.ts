// K shards under faults: a phase in which anything goes, then all is healed; batches of all shards
// must be made and ordered, and what was sent from one to another must arrive, once.

import { type Prng, prng } from '../../../lib/prng.ts'
import { ROLLUP_CHALLENGE_SECONDS } from '../../../protocol/params.ts'
import { drawSchedule } from '../../../runtime/sim/draw-schedule.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { runUntil } from '../rollup/course.ts'
import { drawLiars, happened } from '../rollup/drawn.ts'
import { judgeSeed } from '../rollup/judge-seed.ts'
import { SHARD_LIES } from '../rollup/lies.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import { HABITS } from '../rollup/sender-group.ts'
import type { SenderLog } from '../rollup/sender-log.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { drawFaults, heal } from '../swarm.ts'
import { frozenCourse } from './frozen-course.ts'
import { frozenSetting } from './frozen-setting.ts'
import { MarketLog, spawnMarket } from './market-group.ts'
import { COMMITTEE_PLANTS, withFalseMembers } from './planted-committee.ts'
import { MONEY_PLANTS, withPlanted } from './planted-money.ts'
import { marketChain, shardsChain } from './shards-chain.ts'
import { ShardsChecker } from './shards-checker.ts'
import { startShardsWorld } from './shards-cluster.ts'

const CHALLENGE_MS = 1000 * ROLLUP_CHALLENGE_SECONDS
/** Share of the seeds with jobs that are paid by locks; and of those in which a shard freezes. */
const MARKET = 0.4
/** PERF: one costs as much as a dozen others. */
const FROZEN = 1 / 100
/** Twice in a seed anything goes: while parcels are sent, and while they are consumed. */
const SENDING_MS = 600
const CONSUMING_MS = 700
/** Share of the seeds that go on until all parcels have arrived. */
const DRAINED = 0.15
/** Share of the seeds in which shards have committees. */
const COMMITTEES = 0.2
/** Parcels that were stated settle from here on. PERF: between the two the senders rest. */
const SETTLES_MS = CHALLENGE_MS + 1000
const LIVENESS_MS = 20_000
/**
 * Committees of two to four seats bear no liar, or one. Where a sequencer told each member another
 * claim, and epochs drew him again, a shard made no claim for 15 s (seed 4538).
 */
const COMMITTEE_LIVENESS_MS = 60_000
/** Time for what was submitted to become final everywhere, so that all states can be compared. */
const REST_MS = 1000
/** What has settled has so long to arrive. */
const ARRIVE_MS = 5000
/** A liar may have stated no root, which then waits for the next sequencer. */
const DRAIN_MS = 2 * CHALLENGE_MS + ARRIVE_MS
/** Final claims of each shard that must come after healing. */
const PROGRESS_CLAIMS = 2

interface Lengths {
  readonly sendingMs: number
  readonly consumingMs: number
  /** At the end it goes on until nothing is under way any more. */
  readonly isDrained: boolean
}

function drawLengths(seed: number): Lengths {
  const random = prng(`shards-length/${seed}`)
  const sendingMs = SENDING_MS + random.below(SENDING_MS)
  const consumingMs = CONSUMING_MS + random.below(CONSUMING_MS)
  return { sendingMs, consumingMs, isDrained: random.chance(DRAINED) }
}

type Kind = 'plain' | 'market' | 'frozen'

/** A plant has the seeds that show it. */
function drawKind(seed: number, plant: string | undefined): Kind {
  const random = prng(`shards-kind/${seed}`)
  if (plant === 'lock-again') return 'market'
  if (plant === 'pay-again') return 'frozen'
  if (plant !== undefined) return 'plain'
  if (random.chance(FROZEN)) return 'frozen'
  return random.chance(MARKET) ? 'market' : 'plain'
}

function drawShardsSchedule(seed: number): ScheduledFault[] {
  const { sendingMs, consumingMs } = drawLengths(seed)
  const random = prng(`shards-schedule/${seed}`)
  const draw = (untilMs: number) =>
    drawSchedule(random, {
      nodes: [...NODES],
      untilMs,
      everyMs: 500,
      longestMs: 1500,
      kinds: ['crash', 'crash', 'isolate', 'pause', 'cut', 'disconnect', 'fill-disk', 'stall-disk'],
      clockStepMs: 100,
      clockDrift: 0.01,
    })
  const late = draw(consumingMs).map(({ atMs, fault }) => ({ atMs: SETTLES_MS + atMs, fault }))
  return [...draw(sendingMs), ...late]
}

function phases(
  { world, log }: { world: World; log: SenderLog },
  checker: ShardsChecker,
  { sendingMs, consumingMs, isDrained }: Lengths,
  livenessMs: number,
  safetyOnly: boolean,
): string[] {
  const { honest } = checker
  runUntil(world, checker, sendingMs)
  log.isResting = true
  runUntil(world, checker, SETTLES_MS - sendingMs)
  log.isResting = false
  runUntil(world, checker, consumingMs)
  if (safetyOnly) return []
  heal(world)
  const wanted = checker.claims.map((list) => list.length + PROGRESS_CLAIMS)
  const numbers = (shard: number) => honest.map((node) => checker.numbersOf(node)[shard] as number)
  const lacking = () => wanted.findIndex((least, shard) => Math.min(...numbers(shard)) < least)
  if (!runUntil(world, checker, livenessMs, () => lacking() < 0)) {
    const shard = lacking()
    const said = `shard ${shard} has claims ${numbers(shard).join(', ')}, wanted ${wanted[shard]}`
    return [`progress: ${said}`]
  }
  log.isResting = true
  const settledMs = checker.lastMs - CHALLENGE_MS
  const { height } = checker
  const waiting = () => {
    const { model } = checker
    const parcels = isDrained ? model.waiting() : model.waitingSince(settledMs)
    const locks = model.locks.overdue(height)
    return [...parcels.map((key) => `parcel ${key}`), ...locks.map((lock) => `lock ${lock}`)]
  }
  runUntil(world, checker, REST_MS)
  const mostMs = isDrained ? DRAIN_MS : ARRIVE_MS
  if (runUntil(world, checker, mostMs, () => waiting().length === 0)) return []
  return waiting().map((what) => `arrival: ${what} waits`)
}

/** Before and after the rest; a shard that freezes rests longer. */
function halves(schedule: readonly ScheduledFault[]) {
  const late = schedule.filter(({ atMs }) => atMs >= SETTLES_MS)
  return {
    early: schedule.filter(({ atMs }) => atMs < SETTLES_MS),
    late: late.map(({ atMs, fault }) => ({ atMs: atMs - SETTLES_MS, fault })),
  }
}

/** Fewer more often: a seed of four costs three of two. */
function shardsOf(random: Prng): number {
  return [2, 2, 2, 2, 3, 3, 4][random.below(7)] as number
}

/** Seats of each shard's committee, of four validators; 0 in most seeds: everybody checks all. */
function seatsOf(seed: number, plant: string | undefined): number {
  const random = prng(`shards-drawn/${seed}`)
  if (plant) return COMMITTEE_PLANTS.some((one) => one === plant) ? 3 : 0
  return random.chance(COMMITTEES) ? ([2, 3, 3, 4][random.below(4)] as number) : 0
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`shards/${seed}`)
  const faults = drawFaults(random)
  const kind = drawKind(seed, options.plant)
  const isFrozen = kind === 'frozen'
  const shards = isFrozen ? 2 : shardsOf(random.split('shards'))
  const seats = kind === 'plain' ? seatsOf(seed, options.plant) : 0
  const chain = kind === 'plain' ? shardsChain(shards, seats) : marketChain(shards)
  const senders = random.split('senders')
  const falsely = COMMITTEE_PLANTS.find((one) => one === options.plant)
  const { liars, told, honest } = drawLiars(random.split('lie'), {
    // The many blocks of a seed that freezes a shard would wait for who lies.
    lies: isFrozen ? [] : SHARD_LIES,
    plant: options.plant,
    forced: falsely && 'wrong-root',
  })
  const market = new MarketLog()
  const frozen = isFrozen ? frozenSetting(chain, market) : undefined
  const started = startShardsWorld(`shards-world/${seed}`, faults, {
    ...options,
    ...frozen?.options,
    ...{ chain, liars, random: senders },
    guests: (host, log) => {
      market.senders = log
      if (kind !== 'plain') spawnMarket(host, chain, market)
      frozen?.spawn(host)
    },
  })
  const { world, log } = started
  const checker = new ShardsChecker(world, log, chain, told, honest)
  const schedule = options.schedule ?? drawShardsSchedule(seed)
  const plant = MONEY_PLANTS.find((one) => one === options.plant)
  const isShort = options.safetyOnly === true
  const lengths = drawLengths(seed)
  const play = (): string[] => {
    const { sendingMs, consumingMs: leavingMs } = lengths
    if (frozen) {
      const course = { ...started, ...frozen, ...halves(schedule), checker, chain }
      return frozenCourse({ ...course, sendingMs, leavingMs }, isShort)
    }
    startSchedule(world, schedule)
    const livenessMs = seats > 0 ? COMMITTEE_LIVENESS_MS : LIVENESS_MS
    return phases(started, checker, lengths, livenessMs, isShort)
  }
  const { violations, trace } = judgeSeed(world, checker, () =>
    withPlanted(plant, () => withFalseMembers(falsely, play)),
  )
  const marks = { ...Object.fromEntries(world.marks), ...told.refused(checker.claims) }
  const claims = checker.claims.reduce((sum, list) => sum + list.length, 0)
  const { compared, model } = checker
  const { consumed } = model
  const { locked, settled, refunded } = model.locks
  const waits = model.waiting().length
  const counts = { shards: chain.rollup.shards, seats, claims, transfers: log.final.size }
  const jobs = { locked, settled, refunded, left: checker.leaving.paid.size }
  const done = { ...counts, consumed, ...jobs, waits, compared, ...happened(marks) }
  return { seed, violations, marks, trace, done }
}

export const shardsScenario: Scenario = {
  name: 'shards',
  plants: [...MONEY_PLANTS, ...COMMITTEE_PLANTS],
  requiredMarks: [
    'shard-restarted',
    'shard-undone',
    'shard-parcel-sent',
    'shard-parcel-consumed',
    'shard-certified',
    'shard-voted-by-certificate',
    'lied-attested',
    'shard-operations',
    'shard-refunds',
    'shard-frozen',
    'rollup-absentees',
    'answered-twice',
    'refused-run',
    ...HABITS.map((habit) => `habit-${habit}`),
    ...SHARD_LIES.flatMap((lie) => [`lied-${lie}`, `refused-${lie}`]),
  ],
  seedsForMarks: 1000,
  schedule: drawShardsSchedule,
  run,
}

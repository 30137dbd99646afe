// Runs the scenario `shards` at eight points, one after the other, makes a model of what a transfer
// costs a node out of four of them, and shows it beside what was measured at all of them; then the
// same formula for 64 shards, on paper. npm run bench -- shards-model [--offered TPS] [--seconds N]
// [--rounds N] [--cores N], or of results that are there: --result FILE, once for each.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../../lib/package-root.ts'
import type { BenchResult } from '../harness/bench-result.ts'
import { type CostModel, type CostPoint, costAt, modelOf, rateFor } from './shards/cost-model.ts'

const { values } = parseArgs({
  options: {
    offered: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '1' },
    /** Of one real machine, for the paper. */
    cores: { type: 'string', default: '8' },
    result: { type: 'string', multiple: true, default: [] },
  },
})

/** Of the rate, so that what costs the same at any rate is told apart. */
const SLOW = 0.25
const PAPER_SHARDS = 64
const ERROR_MAX = 15
const offered = Number(values.offered)
const slow = Math.round(offered * SLOW)
const POINTS = [
  { offered: slow, shards: 1, far: 0 },
  { offered, shards: 1, far: 0 },
  ...[2, 4].flatMap((shards) => [0, 10, 50].map((far) => ({ offered, shards, far }))),
]

function runPoint({ offered, shards, far }: (typeof POINTS)[number]): BenchResult {
  const options = { offered, shards, far, seconds: values.seconds, rounds: values.rounds }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`])
  const file = join(packageRoot(), 'bench', 'scenarios', 'shards.bench.ts')
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', file, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (!stdout) throw new Error(`no result with ${args.join(' ')}`)
  return JSON.parse(stdout) as BenchResult
}

const results = values.result.length
  ? values.result.map((file) => JSON.parse(readFileSync(file, 'utf8')) as BenchResult)
  : POINTS.map(runPoint)

/** What was committed, not what was offered: that is what the cost was divided by. */
function pointOf(result: BenchResult, cost: number): CostPoint {
  const { options, committed_tps: perSecond } = result
  return { perSecond, shards: options.shards, far: options.far / 100, cost }
}

const quantities = [
  ['µs of processor', ({ cpu_us_per_tx: { total } }: BenchResult) => total ?? Number.NaN],
  ['bytes written', ({ written_bytes_per_tx: bytes }: BenchResult) => bytes ?? Number.NaN],
] as const

function find(points: readonly CostPoint[], shards: number, far: number, isSlow = false) {
  const rates = points.filter((one) => one.shards === shards && one.far === far)
  const sorted = rates.sort((a, b) => a.perSecond - b.perSecond)
  const found = isSlow ? sorted[0] : sorted.at(-1)
  if (!found) throw new Error(`no result of ${shards} shards with ${far * 100} % far`)
  return found
}

/** The rates that a run committed differ by little; the model's points have one. */
function fit(points: readonly CostPoint[]): CostModel {
  const one = find(points, 1, 0)
  const at = (point: CostPoint) => ({ ...point, perSecond: one.perSecond })
  const [many, far] = [at(find(points, 4, 0)), at(find(points, 2, 0.5))]
  return modelOf({ slow: find(points, 1, 0, true), one, many, far })
}

function table(name: string, points: readonly CostPoint[], model: CostModel): boolean {
  const one = find(points, 1, 0)
  let worst = 0
  console.log(`\n${name} a transfer and node`)
  console.log('   offered  shards    far   measured   to 1 shard      model    error')
  for (const point of points) {
    const predicted = costAt(model, point)
    const error = (100 * (predicted - point.cost)) / point.cost
    worst = Math.max(worst, Math.abs(error))
    const isNear = point.far === 0 && point.perSecond > one.perSecond / 2
    const cells = [
      point.perSecond.toFixed(0).padStart(10),
      `${point.shards}`.padStart(7),
      `${100 * point.far} %`.padStart(6),
      point.cost.toFixed(2).padStart(10),
      (isNear ? (point.cost / one.cost).toFixed(2) : '-').padStart(12),
      predicted.toFixed(2).padStart(10),
      `${error.toFixed(1)} %`.padStart(8),
    ]
    console.log(cells.join(' '))
  }
  const { fixed, perShard, each, eachFar } = model
  const [f, s, e, x] = [fixed, perShard, each, eachFar].map((value) => value.toFixed(2))
  console.log(`model: (${f} + ${s} x shards) / rate + ${e} + ${x} x share far`)
  console.log(`the largest error is ${worst.toFixed(1)} %; ${ERROR_MAX} % are allowed`)
  return worst <= ERROR_MAX
}

const unsound = results.filter(({ audited, valid }) => !audited || !valid)
for (const { options, audit } of unsound) {
  console.log(`NOT VALID: ${options.shards} shards, ${options.far} % far: ${audit.join('; ')}`)
}
let isWithin = unsound.length === 0
for (const [name, costOf] of quantities) {
  const points = results.map((result) => pointOf(result, costOf(result) / result.validators))
  const model = fit(points)
  isWithin = table(name, points, model) && isWithin
  if (name !== quantities[0][0]) continue
  // A term below zero is noise: on paper it is none.
  const paper = { ...model, perShard: Math.max(0, model.perShard), fixed: Math.max(0, model.fixed) }
  const cores = Number(values.cores)
  console.log(`on paper, not measured: ${PAPER_SHARDS} shards, nodes of ${cores} such cores`)
  for (const far of [0, 0.1, 0.5, (PAPER_SHARDS - 1) / PAPER_SHARDS]) {
    const rate = rateFor(paper, cores * 1e6, PAPER_SHARDS, far)
    console.log(`  ${(100 * far).toFixed(0)} % far: ${Math.floor(rate)} transfers/s of all shards`)
  }
}
if (!isWithin) process.exitCode = 1

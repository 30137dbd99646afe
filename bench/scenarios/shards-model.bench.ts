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
/** Blocks every 500 ms. In FAST a chain makes as many as its machine lets it, and fills it. */
const MODE = 'BALANCED'
const PAPER_BLOCKS = 2
/** Above this share of the cores what costs are divided into is the machine. */
const BUSY_MAX = 0.95
const ERROR_MAX = 15
const offered = Number(values.offered)
const slow = Math.round(offered * SLOW)
const POINTS = [
  { offered: slow, shards: 1, far: 0 },
  { offered, shards: 1, far: 0 },
  ...[2, 4].flatMap((shards) => [0, 10, 50].map((far) => ({ offered, shards, far }))),
]

function runPoint({ offered, shards, far }: (typeof POINTS)[number]): BenchResult {
  const options = {
    mode: MODE,
    offered,
    shards,
    far,
    seconds: values.seconds,
    rounds: values.rounds,
  }
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
  const { options, committed_tps: perSecond, timeline_ms: timeline } = result
  if (options.mode !== MODE) throw new Error(`${result.report}: not in ${MODE} mode`)
  const { heard, blocks } = timeline ?? {}
  if (heard === undefined || blocks === undefined) {
    throw new Error(`${result.report}: says nothing of its blocks and batches; measure it again`)
  }
  const [batchesOf, blocksOf] = [heard / options.seconds, blocks / options.seconds]
  const { shards, far } = options
  return { perSecond, blocks: blocksOf, batches: batchesOf, shards, far: far / 100, cost }
}

/** Share of the machine's cores that nodes and generator took. */
function busyShare({ cpu_us_per_tx: cpu, committed_tps, machine }: BenchResult): number {
  return (((cpu.total ?? 0) + (cpu.generator ?? 0)) * committed_tps) / 1e6 / machine.cores
}

function receivedBytes({ report, received_bytes_per_tx: bytes }: BenchResult): number {
  if (typeof bytes === 'number') return bytes
  throw new Error(`${report}: does not say what nodes received; measure it again`)
}

const quantities = [
  ['µs of processor', ({ cpu_us_per_tx: { total } }: BenchResult) => total ?? Number.NaN],
  ['bytes received', receivedBytes],
] as const

function find(points: readonly CostPoint[], shards: number, far: number, isSlow = false) {
  const rates = points.filter((one) => one.shards === shards && one.far === far)
  const sorted = rates.sort((a, b) => a.perSecond - b.perSecond)
  const found = isSlow ? sorted[0] : sorted.at(-1)
  if (!found) throw new Error(`no result of ${shards} shards with ${far * 100} % far`)
  return found
}

function fit(points: readonly CostPoint[]): CostModel {
  const slowest = find(points, 1, 0, true)
  return modelOf([slowest, find(points, 1, 0), find(points, 4, 0), find(points, 2, 0.5)])
}

function table(name: string, points: readonly CostPoint[], model: CostModel): boolean {
  const one = find(points, 1, 0)
  let worst = 0
  console.log(`\n${name} a transfer and node`)
  console.log(
    '  transfers  blocks batches  shards    far   measured   to 1 shard      model    error',
  )
  for (const point of points) {
    const predicted = costAt(model, point)
    const error = (100 * (predicted - point.cost)) / point.cost
    worst = Math.max(worst, Math.abs(error))
    const isNear = point.far === 0 && point.perSecond > one.perSecond / 2
    const cells = [
      point.perSecond.toFixed(0).padStart(11),
      point.blocks.toFixed(1).padStart(7),
      point.batches.toFixed(1).padStart(7),
      `${point.shards}`.padStart(7),
      `${100 * point.far} %`.padStart(6),
      point.cost.toFixed(2).padStart(10),
      (isNear ? (point.cost / one.cost).toFixed(2) : '-').padStart(12),
      predicted.toFixed(2).padStart(10),
      `${error.toFixed(1)} %`.padStart(8),
    ]
    console.log(cells.join(' '))
  }
  const { block, batch, each, eachFar } = model
  const [b, s, e, x] = [block, batch, each, eachFar].map((value) => value.toFixed(2))
  console.log(`model: (${b} x blocks + ${s} x batches) / transfers + ${e} + ${x} x share far`)
  console.log(`the largest error is ${worst.toFixed(1)} %; ${ERROR_MAX} % are allowed`)
  return worst <= ERROR_MAX
}

const unsound = results.filter(({ audited, valid }) => !audited || !valid)
for (const { options, audit } of unsound) {
  console.log(`NOT VALID: ${options.shards} shards, ${options.far} % far: ${audit.join('; ')}`)
}
for (const one of results) {
  const { options } = one
  const busy = busyShare(one)
  if (busy <= BUSY_MAX) continue
  console.log(
    `FULL: ${(100 * busy).toFixed(0)} % of the cores at ${options.shards} shards, ` +
      `${options.far} % far, ${options.offered} a second: give a lower --offered`,
  )
}
const shares = results.map((one) => `${(100 * busyShare(one)).toFixed(0)} %`)
console.log(`the cores were busy to ${shares.join(', ')}`)
let isWithin = unsound.length === 0
for (const [name, costOf] of quantities) {
  const points = results.map((result) => pointOf(result, costOf(result) / result.validators))
  const model = fit(points)
  isWithin = table(name, points, model) && isWithin
  if (name !== quantities[0][0]) continue
  const wrong = Object.entries(model).filter(([, value]) => value < 0)
  if (wrong.length > 0) {
    const names = wrong.map(([term]) => term).join(', ')
    console.log(`nothing on paper: below zero: ${names}; these runs do not tell the terms apart`)
    continue
  }
  const cores = Number(values.cores)
  const [blocks, batches] = [PAPER_BLOCKS, PAPER_BLOCKS * PAPER_SHARDS]
  console.log(
    `on paper, not measured: ${PAPER_SHARDS} shards, ${blocks} blocks a second with a batch of ` +
      `each, nodes of ${cores} such cores`,
  )
  for (const far of [0, 0.1, 0.5, (PAPER_SHARDS - 1) / PAPER_SHARDS]) {
    const rate = rateFor(model, cores * 1e6, { blocks, batches, far })
    console.log(`  ${(100 * far).toFixed(0)} % far: ${Math.floor(rate)} transfers/s of all shards`)
  }
}
if (!isWithin) process.exitCode = 1

// What a block costs a validator of 4, 7, 13 and 21: operations counted in the simulator times what
// they cost here, beside what the processes of real clusters of 4 and 7 used. What these used
// besides, for each message that they received, is added to the larger ones.

import { BLOCK_TIMES_MS } from '../../../protocol/params.ts'
import { MODES } from '../../harness/chain-mode.ts'
import { type BlockCost, blockCost, KINDS } from './block-cost.ts'
import { measureRow } from './measure-row.ts'
import { operationCosts, TRANSFERS } from './operation-costs.ts'
import type { BenchOptions } from './options.ts'
import { simulatedCounts } from './simulated-counts.ts'
import { ValidatorCluster } from './validator-cluster.ts'

const SIZES = [4, 7, 13, 21]
/** Enough that every block of FAST has a few. */
const PER_SECOND = (1000 / BLOCK_TIMES_MS[0]) * TRANSFERS

interface CpuRow extends BlockCost {
  readonly validators: number
  /** Of real processes; undefined where only the simulator ran. */
  readonly realMs: number | undefined
  /** All that is not counted above: threads, connections, timers, the gateway. */
  readonly restMs: number
  readonly totalMs: number
}

export interface CpuResult {
  readonly rows: readonly CpuRow[]
  readonly operations: readonly {
    readonly operation: string
    readonly ms: number
    /** Times a block and validator, by number of validators. */
    readonly times: Readonly<Record<number, number>>
  }[]
  /** NaN when no real cluster ran. */
  readonly restPerMessageMs: number
  /** Real clusters that did not run, and why. */
  readonly errors: readonly string[]
}

async function realMs(validators: number): Promise<number> {
  const cluster = await ValidatorCluster.start('FAST', validators)
  try {
    const row = await measureRow({
      ...{ cluster, delayMs: 0, load: 'half', halfPerSecond: PER_SECOND, samples: 0 },
      progress: () => {},
    })
    return row.cpu_ms_per_block
  } finally {
    cluster.stop()
  }
}

function signersIn(operations: Iterable<string>): number[] {
  const found = [...operations].flatMap((one) => /aggregate (\d+)$/.exec(one)?.[1] ?? [])
  return [...new Set(found.map(Number))]
}

export async function cpuPart({ validators: sizes }: BenchOptions): Promise<CpuResult> {
  const counted = SIZES.map((validators) => {
    process.stderr.write(`counting in a simulated cluster of ${validators}\n`)
    return simulatedCounts(validators)
  })
  process.stderr.write('measuring what operations cost\n')
  const names = new Set(counted.flatMap(({ perBlock }) => [...perBlock.keys()]))
  const costs = operationCosts(signersIn(names))
  const real = new Map<number, number>()
  const errors: string[] = []
  for (const validators of sizes) {
    process.stderr.write(`running ${validators} validators\n`)
    try {
      real.set(validators, await realMs(validators))
    } catch (error) {
      errors.push(`${validators} validators: ${(error as Error).message}`)
    }
  }
  const modelled = counted.map(({ validators, perBlock }) => {
    return { validators, ...blockCost(perBlock, costs) }
  })
  const rests = modelled.flatMap(({ validators, sumMs, messages }) => {
    const used = real.get(validators)
    return used === undefined ? [] : [(used - sumMs) / messages]
  })
  const restPerMessageMs = rests.reduce((sum, rest) => sum + rest, 0) / rests.length
  const rows = modelled.map((row) => {
    const used = real.get(row.validators)
    const restMs = used === undefined ? restPerMessageMs * row.messages : used - row.sumMs
    return { ...row, realMs: used, restMs, totalMs: used ?? row.sumMs + restMs }
  })
  const operations = [...names].sort().map((operation) => ({
    operation,
    ms: costs.get(operation) ?? Number.NaN,
    times: Object.fromEntries(
      counted.map(({ validators, perBlock }) => [validators, perBlock.get(operation) ?? 0]),
    ),
  }))
  return { rows, operations, restPerMessageMs, errors }
}

function cells(values: readonly (string | number)[], width = 11): string {
  return values
    .map((value) => (typeof value === 'number' ? value.toFixed(2) : value).padStart(width))
    .join('')
}

function bounds({ byKind, restMs }: CpuRow): string {
  const all = [...KINDS.map((kind) => [kind, byKind[kind]] as const), ['the rest', restMs] as const]
  return all.reduce((most, one) => (one[1] > most[1] ? one : most))[0]
}

export function cpuText({ rows, operations, restPerMessageMs, errors }: CpuResult): string {
  const shares = rows.map((row) => {
    const ofBlock = BLOCK_TIMES_MS.map((ms) => `${((100 * row.totalMs) / ms).toFixed(0)} %`)
    return cells([String(row.validators), ...ofBlock])
  })
  return [
    ...errors.map((why) => `FAILED  ${why}`),
    'processor ms a block and validator (FAST, all honest)',
    cells(['validators', ...KINDS, 'the rest', 'total', 'messages', 'bound by']),
    ...rows.map((row) => {
      const { validators, byKind, restMs, totalMs, messages, realMs } = row
      const size = `${validators}${realMs === undefined ? ' (sim)' : ''}`
      const kinds = KINDS.map((kind) => byKind[kind])
      return cells([size, ...kinds, restMs, totalMs, messages, bounds(row)])
    }),
    `total is what real processes used; where (sim), the sum of the counted work and of`,
    `${restPerMessageMs.toFixed(3)} ms a message, which is what the real ones used besides`,
    '',
    'share of one core when every block comes on time',
    cells(['validators', ...MODES]),
    ...shares,
    '',
    'operations: ms each, and times a block and validator',
    `${'operation'.padEnd(22)}${cells(['ms', ...SIZES.map(String)], 9)}`,
    ...operations.map(({ operation, ms, times }) => {
      const counts = SIZES.map((size) => (times[size] ?? 0).toFixed(2))
      return `${operation.padEnd(22)}${cells([ms.toFixed(3), ...counts], 9)}`
    }),
  ].join('\n')
}

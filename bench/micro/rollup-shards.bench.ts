// What shards cost a validator, which executes all of them: CPU and bytes for a transfer with 1, 2
// and 4 shards of which 0, 10 and 50 % of the transfers go to another one; and a model of it, made
// of two of the points and compared with the others. Execution, roots and what is written; no
// signatures, consensus or network. npm run bench -- rollup-shards [--accounts N] [--rounds N]

import { parseArgs } from 'node:util'
import { hashPairsNative } from '../../compute/crypto/hash-pairs-native.ts'
import { type Prng, prng } from '../../lib/prng.ts'
import { BATCH_TRANSFERS_MAX, COHORT_SIZE, ROOT_EVERY_MAX } from '../../protocol/params.ts'
import { AccountTable } from '../../protocol/rollup/account-table.ts'
import type { DenseSection } from '../../protocol/rollup/body-layout.ts'
import { executeBatch, executionPorts } from '../../protocol/rollup/execute-batch.ts'
import { indexOf } from '../../protocol/rollup/layout.ts'
import { NO_OPERATIONS } from '../../protocol/rollup/operations.ts'
import type { Parcel } from '../../protocol/rollup/parcel.ts'
import { ShardState } from '../../protocol/rollup/shard-state.ts'
import { NOBODY_ABSENT, writeBody } from '../../protocol/rollup/write-body.ts'
import { median } from './runtime/rounds.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '131072' },
    rounds: { type: 'string', default: '16' },
  },
})
/** Of each shard, so that a shard is the same whatever there are of them. */
const accounts = Number(values.accounts)
const rounds = Number(values.rounds)
const TRANSFERS = BATCH_TRANSFERS_MAX
const SHARDS = [1, 2, 4]
const SHARES = [0, 0.1, 0.5]
const ports = executionPorts(hashPairsNative)

function makeShard(shard: number, shards: number): ShardState {
  const table = AccountTable.create(accounts)
  for (let slot = 0; slot < accounts; slot++) table.put(slot, 4e9, 3, 0, slot + 1, 0)
  table.used = accounts
  const state = new ShardState({ shard, shards }, table)
  const supply = BigInt(accounts) * (4_000_000_000n + (3n << 32n))
  return Object.assign(state, { entries: accounts, supply })
}

function makeBody(state: ShardState, round: number, share: number, random: Prng) {
  const { shard, shards } = state
  const perBatch = TRANSFERS / COHORT_SIZE
  const cohorts = Math.floor(accounts / COHORT_SIZE)
  const receiver = () => {
    const isFar = shards > 1 && random.chance(share)
    const other = (shard + 1 + random.below(Math.max(1, shards - 1))) % shards
    return indexOf(isFar ? other : shard, shards, random.below(accounts))
  }
  const sections = Array.from({ length: perBatch }, (_, i): DenseSection => {
    const cohort = (((round * perBatch + i) % cohorts) * shards + shard) >>> 0
    const to = Uint32Array.from({ length: COHORT_SIZE }, receiver)
    const amount = Uint32Array.from({ length: COHORT_SIZE }, () => random.below(1000))
    const first = i * COHORT_SIZE
    return { kind: 'dense', cohort, present: undefined, to, amount, count: COHORT_SIZE, first }
  })
  const sorted = sections
    .sort((a, b) => a.cohort - b.cohort)
    .map((section, i) => ({ ...section, first: i * COHORT_SIZE }))
  return { shard, transfers: TRANSFERS, sections: sorted, operations: NO_OPERATIONS }
}

interface Point {
  readonly shards: number
  readonly share: number
  /** Microseconds of CPU for a transfer, at a validator that executes all shards. */
  readonly us: number
  readonly wireBytes: number
  readonly diskBytes: number
}

function measure(shards: number, share: number): Point {
  const random = prng(`rollup-shards ${shards} ${share}`)
  const states = Array.from({ length: shards }, (_, shard) => makeShard(shard, shards))
  for (const state of states) state.root(hashPairsNative)
  let arriving: Parcel[][] = states.map(() => [])
  const costs: number[] = []
  let [wire, disk] = [0, 0]
  for (let round = 0; round <= rounds; round++) {
    const bodies = states.map((state) => makeBody(state, round, share, random))
    const next: Parcel[][] = states.map(() => [])
    const started = process.cpuUsage()
    for (const [shard, state] of states.entries()) {
      const parcels = arriving[shard] as Parcel[]
      const firstEntry = state.entries + 1
      const body = bodies[shard] as (typeof bodies)[number]
      const facts = { fee: 1, feeAccount: indexOf(shard, shards, 5), firstEntry, inbox: [] }
      const done = executeBatch(state, { ...facts, parcels, body }, ports)
      if (!done.ok) throw new Error(`${done.code} ${done.detail}`)
      for (const { shard: to, leaves } of done.executed.outbox) {
        next[to]?.push({ shard, number: round + 1, leaves })
      }
      if (round % ROOT_EVERY_MAX === 0) state.root(hashPairsNative)
      const credits = parcels.reduce((sum, { leaves }) => sum + leaves.byteLength, 0)
      disk += round === 0 ? 0 : credits
    }
    const { user, system } = process.cpuUsage(started)
    // In the first round nothing arrives yet.
    if (round > 0) costs.push((user + system) / (shards * TRANSFERS))
    const [first] = bodies
    if (round === 0 && first) {
      const signature = new Uint8Array(96).fill(1)
      wire = writeBody({ ...first, number: 1, signature, absent: NOBODY_ABSENT }).length / TRANSFERS
    }
    arriving = next
  }
  const diskBytes = wire + disk / (rounds * shards * TRANSFERS)
  return { shards, share, us: median(costs), wireBytes: wire, diskBytes }
}

const points = SHARDS.flatMap((shards) =>
  SHARES.filter((share) => shards > 1 || share === 0).map((share) => measure(shards, share)),
)
const at = (shards: number, share: number) =>
  points.find((one) => one.shards === shards && one.share === share) as Point
/** A transfer within its shard, and what one to another shard costs more. */
const base = at(2, 0).us
const more = (at(2, 0.5).us - base) / 0.5
const model = (share: number) => base + more * share

console.log(
  `${accounts} accounts a shard, batches of ${TRANSFERS}, ${rounds} rounds, medians of CPU`,
)
console.log('shards  far    us/transfer  model  error   bytes on the wire  on the disk')
for (const { shards, share, us, wireBytes, diskBytes } of points) {
  const error = ((100 * (model(share) - us)) / us).toFixed(1)
  const cells = [
    String(shards).padStart(6),
    `${share * 100} %`.padStart(6),
    us.toFixed(3).padStart(12),
    model(share).toFixed(3).padStart(7),
    `${error} %`.padStart(7),
    wireBytes.toFixed(2).padStart(12),
    diskBytes.toFixed(2).padStart(16),
  ]
  console.log(cells.join(' '))
}
console.log(`model: ${base.toFixed(3)} + ${more.toFixed(3)} x share, from 2 shards at 0 and 50 %`)
console.log('on paper, not measured: 64 shards, every validator executes all of them, one core')
for (const share of SHARES.concat(63 / 64)) {
  const perSecond = Math.floor(1e6 / model(share))
  const text = `${(100 * share).toFixed(0)} % far: ${perSecond} transfers/s of all shards together`
  console.log(`  ${text}, without signatures, consensus and network`)
}

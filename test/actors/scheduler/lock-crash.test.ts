// Power cuts at random moments of jobs that locks pay, of the scheduler and of the providers:
// between lock and submission, and between the result and its payment. Nothing is paid twice,
// nothing is lost, and the book agrees with the rollup.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { CONSUMER, LOCK, LockWorld, PROVIDERS } from './lock-world.ts'
import { consumer } from './scheduler-world.ts'

const SEEDS = Number(process.env.SEEDS ?? 20)
const JOBS = 4
/** Beyond those of the world: one lock for each job. */
const LOCKS = 20
const marks = new Set<string>()

function startAll(world: LockWorld): void {
  if (!world.hosts.isAlive('market')) world.startMarket()
  for (const i of [0, 1]) if (!world.hosts.isAlive(`gpu${i}`)) world.startWorker(i)
}

function cutPower(world: LockWorld, rounds: number): void {
  const { hosts } = world
  for (let i = 0; i < rounds; i++) {
    hosts.run(hosts.random(2500))
    hosts.kill(['market', 'market', 'gpu0', 'gpu1'][hosts.random(4)] as string)
    hosts.run(hosts.random(hosts.random(5) === 0 ? 6000 : 500))
    startAll(world)
  }
}

/** Locks money for a job and submits it, with a power cut in between every other time. */
function begin(world: LockWorld, i: number): Hex | undefined {
  const requirements = { max_tokens: 20 + world.hosts.random(200), deadline_seconds: 60 }
  const quote = world.priced(requirements)
  if (quote.code !== '') return undefined
  const lock = LOCKS + i
  world.rollup.locks.set(lock, { owner: CONSUMER, use: 0, held: undefined })
  const place = world.locked(quote, { lock })
  const body = { consumer: consumer.address, request: quote.request, escrowTx: undefined }
  const submit = () =>
    world.ask('Submit', { ...body, lock: place, idempotencyKey: undefined }, 4000)
  if (world.hosts.random(2) === 0) {
    world.hosts.after(world.hosts.random(300), () => world.hosts.kill('market'))
    submit()
    world.hosts.run(300)
    startAll(world)
    world.hosts.run(1500)
  }
  // A client that hears nothing asks again.
  for (let tries = 0; tries < 5 && submit()?.code !== ''; tries++) world.hosts.run(1000)
  if (world.hosts.random(4) === 0) world.ask('Cancel', { jobId: quote.jobId, by: consumer.address })
  return quote.jobId
}

function runSeed(seed: number): void {
  const world = new LockWorld(seed, 30).ready(0, 1)
  const supply = world.rollup.supply()
  const jobs: Hex[] = []
  for (let i = 0; i < JOBS; i++) {
    const jobId = begin(world, i)
    if (jobId !== undefined) jobs.push(jobId)
    startAll(world)
  }
  cutPower(world, 6)
  startAll(world)
  world.hosts.run(260_000)
  let paid = 0n
  for (const jobId of jobs) {
    const job = world.ask('Job', { jobId })
    assert.ok(job, `${seed}: a job is gone`)
    assert.ok(job.rollup?.ended, `${seed}: ${jobId} is ${job.state}`)
    const end = world.rollup.finals[(job.rollup.ended?.batch ?? 0) - 1]
    const { kind, amount } = end?.terms ?? { kind: 'lock', amount: 0n }
    const units = kind === 'settle' ? amount : 0n
    assert.is(job.paidWei, units * ROLLUP_UNIT_WEI)
    assert.is(job.refundedWei, job.priceWei - job.paidWei)
    if (job.state === 'completed') assert.ok(units > 0n, `${seed}: completed and not paid`)
    paid += units
  }
  assert.is(
    PROVIDERS.map((one) => world.units(one)).reduce((a, b) => a + b),
    paid,
  )
  for (const { held } of world.rollup.locks.values()) assert.is(held, undefined)
  assert.is(world.rollup.supply(), supply)
  if (world.hosts.errors.length > 0) throw new Error(world.hosts.errors.slice(0, 3).join('\n'))
  for (const mark of world.hosts.marks) marks.add(mark)
}

test(`${SEEDS} seeds of power cuts`, () => {
  assert.ok(LOCK < LOCKS)
  for (let i = 1; i <= SEEDS; i++) {
    const seed = Number(process.env.SEED ?? i * 7919)
    try {
      runSeed(seed)
    } catch (error) {
      throw new Error(`SEED=${seed}: ${(error as Error).message}\n${(error as Error).stack}`)
    }
  }
  for (const mark of ['job-by-lock', 'job-completed', 'job-requeued', 'job-cancelled']) {
    assert.ok(marks.has(`scheduler-${mark}`), `never reached: ${mark}`)
  }
})

test.run()

// Power cuts at random moments, of the scheduler and of the providers: no escrow is stuck, nothing
// is paid twice or to the wrong one, and the book agrees with the chain.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { decodeMarketLog } from '../../../protocol/market/market-log.ts'
import { TOTAL_LOCKED_SLOT } from '../../../protocol/market/market-storage.ts'
import { consumer, SchedulerWorld } from './scheduler-world.ts'

const SEEDS = Number(process.env.SEEDS ?? 40)
const marks = new Set<string>()

function cutPower(world: SchedulerWorld, rounds: number): void {
  const { hosts } = world
  for (let i = 0; i < rounds; i++) {
    hosts.run(hosts.random(3000))
    const victim = ['market', 'market', 'gpu0', 'gpu1'][hosts.random(4)] as string
    hosts.kill(victim)
    hosts.run(hosts.random(hosts.random(5) === 0 ? 6000 : 500))
    startAll(world)
  }
}

function startAll(world: SchedulerWorld): void {
  if (!world.hosts.isAlive('market')) world.startMarket()
  for (const i of [0, 1]) if (!world.hosts.isAlive(`gpu${i}`)) world.startWorker(i)
}

/** The chain's own account of every job. */
function outcomes(world: SchedulerWorld) {
  const ends = new Map<Hex, { paid: bigint; refunded: bigint }>()
  const opened = new Set<Hex>()
  for (const log of world.chain.market.logs.map(decodeMarketLog)) {
    if (log?.event === 'EscrowOpened') opened.add(log.jobId)
    if (log?.event === 'Settled' || log?.event === 'Refunded') {
      assert.not.ok(ends.has(log.jobId), 'a job ended twice')
      const settled = log.event === 'Settled'
      const refunded = settled ? log.refunded : log.amount
      ends.set(log.jobId, { paid: settled ? log.amount : 0n, refunded })
    }
  }
  return { ends, opened }
}

function runSeed(seed: number): void {
  const world = new SchedulerWorld(seed, 30)
  startAll(world)
  world.fund()
  const supply = world.chain.market.supply()
  const jobs: Hex[] = []
  for (let i = 0; i < 5; i++) {
    const quote = world.quote({ max_tokens: 20 + world.hosts.random(300), deadline_seconds: 90 })
    jobs.push(quote.jobId)
    const body = { consumer: consumer.address, request: quote.request }
    const submit = () =>
      world.ask(
        'Submit',
        { ...body, escrowTx: undefined, lock: undefined, idempotencyKey: `${i}` },
        4000,
      )
    // A client that hears nothing asks again.
    if (world.hosts.random(2) === 0) submit()
    else {
      world.hosts.after(world.hosts.random(300), () => world.hosts.kill('market'))
      submit()
      world.hosts.run(300)
      startAll(world)
      submit()
    }
    startAll(world)
    if (world.hosts.random(4) === 0)
      world.ask('Cancel', { jobId: quote.jobId, by: consumer.address })
  }
  cutPower(world, 6)
  startAll(world)
  world.hosts.run(100_000)
  const { ends, opened } = outcomes(world)
  for (const jobId of jobs) {
    const job = world.ask('Job', { jobId })
    const end = ends.get(jobId)
    if (job === undefined)
      assert.not.ok(opened.has(jobId), 'money locked for a job that is not in the book')
    else if (end === undefined)
      assert.is(job.errorCode, 'INSUFFICIENT_FUNDS', `${seed}: ${jobId} stuck`)
    else assert.equal([job.paidWei, job.refundedWei], [end.paid, end.refunded])
  }
  assert.is(
    world.chain.market.slots.get(TOTAL_LOCKED_SLOT) ?? 0n,
    0n,
    `${seed}: an escrow is stuck`,
  )
  assert.is(world.chain.market.supply(), supply)
  if (world.hosts.errors.length > 0) throw new Error(world.hosts.errors.slice(0, 3).join('\n'))
  for (const mark of world.hosts.marks) marks.add(mark)
}

test(`${SEEDS} seeds of power cuts`, () => {
  for (let i = 1; i <= SEEDS; i++) {
    const seed = Number(process.env.SEED ?? i * 7919)
    try {
      runSeed(seed)
    } catch (error) {
      throw new Error(`SEED=${seed}: ${(error as Error).message}\n${(error as Error).stack}`)
    }
  }
  for (const mark of [
    'job-completed',
    'job-requeued',
    'job-resumed',
    'job-failed',
    'job-cancelled',
  ]) {
    assert.ok(marks.has(`scheduler-${mark}`), `never reached: ${mark}`)
  }
})

test.run()

// Two jobs that run while their coordinator's process is killed, one paid by an escrow and one by a
// lock: both are done, each is paid once, and nothing stays locked.

import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { devAccount } from '../../apps/node/dev-keys.ts'
import type { Hex } from '../../lib/hex.ts'
import { REFUNDED, SETTLED } from '../../protocol/market/market-abi.ts'
import { MARKET_ADDRESS, ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import type { Job } from '../../sdk/coordinator/coordinator-client.ts'
import { lockState } from '../../sdk/rollup/operations.ts'
import * as jobs from './paid-jobs.ts'

/** Seconds of work for the model. */
const INPUTS = Array.from(
  { length: 160 },
  (_, i) => `${i} ${'the cat sits on the mat '.repeat(30)}`,
)
const RUNNING_TRIES = 100
/** Five times a second; the process has to be back first. */
const OVER_TRIES = 300
const UNDER_WAY = ['pending', 'assigned', 'running']
const OWN = devAccount('provider')

const heightOf = async (doors: jobs.Doors) =>
  Number((await jobs.askOf(doors)('eth_blockNumber', [])) as Hex)
const balanceOf = async (doors: jobs.Doors) =>
  BigInt((await jobs.askOf(doors)('eth_getBalance', [OWN.address, 'latest'])) as Hex)

/** What the market has said of the end of a job's money, by the events' topics. */
async function endsOf(doors: jobs.Doors, jobId: Hex): Promise<(Hex | undefined)[]> {
  const topics = [[SETTLED.topic, REFUNDED.topic], jobId]
  const filter = { address: MARKET_ADDRESS, fromBlock: '0x0', topics }
  const logs = (await jobs.askOf(doors)('eth_getLogs', [filter])) as { topics: Hex[] }[]
  return logs.map((log) => log.topics[0])
}

/**
 * Two jobs under way; `doors` are of a gateway that lives on. `ended` is called when the process is
 * killed, and resolves when both jobs are over and paid.
 */
export async function jobsUnderWay(doors: jobs.Doors, data: string) {
  const [provider, consumer] = await jobs.registered(data)
  const [lock = 0] = consumer.locks
  const client = jobs.clientOf(doors)
  const paid = await jobs.patiently(() => jobs.escrowPrice(doors, INPUTS))
  const locked = await jobs.lockPrice(doors, consumer.index, lock, INPUTS)
  const before = await balanceOf(doors)
  for (const one of [paid, locked]) await jobs.submit(doors, one)
  const ids = [paid.quote.job_id, locked.quote.job_id]
  for (let tries = 0; ; tries++) {
    const states = (await Promise.all(ids.map((id) => client.job(id)))).map((job) => job.status)
    if (states.every((state) => state === 'running')) break
    assert.ok(tries < RUNNING_TRIES, states.join())
    await pause(50)
  }
  const ended = async (): Promise<void> => {
    const height = await heightOf(doors)
    const overOf = (id: Hex) =>
      jobs.patiently(async () => {
        const job = await client.job(id)
        assert.not.ok(UNDER_WAY.includes(job.status), job.status)
        return job
      }, OVER_TRIES)
    const over = await Promise.all(ids.map(overOf))
    const [escrowed, drawn] = over as [Job, Job]
    for (const job of over) {
      assert.is(job.status, 'completed', JSON.stringify(job.error))
      assert.is(BigInt(job.paid_wei) + BigInt(job.refunded_wei), BigInt(job.price_wei))
      assert.ok(BigInt(job.paid_wei) > 0n)
    }
    assert.ok((escrowed.settle_block ?? 0) > height, 'it was paid after the kill')
    assert.equal(await endsOf(doors, escrowed.job_id), [SETTLED.topic])
    assert.is(await balanceOf(doors), before + BigInt(escrowed.paid_wei))
    const units = BigInt(drawn.paid_wei) / ROLLUP_UNIT_WEI
    assert.is(await jobs.unitsOf(doors, provider.index), units)
    const state = await lockState(jobs.askOf(doors), lock)
    assert.equal([state?.use, state?.payee, state?.amount], [1, undefined, 0n])
  }
  return { ended }
}

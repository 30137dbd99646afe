// The whole market in one process under virtual time: a chain, the scheduler, two providers and a
// client. Used by the scheduler's tests.

import { SchedulerMessages } from '../../../actors/messages/scheduler.ts'
import type { JobView } from '../../../actors/scheduler/job-record.ts'
import { Scheduler } from '../../../actors/scheduler/scheduler.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { Infer } from '../../../lib/schema.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { encodeAuthorize, encodeDeposit } from '../../../protocol/market/market-calls.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import type { Host } from '../../../runtime/host.ts'
import { keyOf } from '../../protocol/market/market-world.ts'
import { TestChain } from './test-chain.ts'
import { TestRollup } from './test-rollup.ts'
import { TestWorker, type WorkerProps } from './test-worker.ts'
import { VirtualHosts } from './virtual-hosts.ts'

const HOSTS: Record<string, string> = {
  archive: 'node',
  mempool: 'node',
  shard: 'node',
  'rollup-sequencer': 'node',
  scheduler: 'market',
}

export const consumer = keyOf(0)
export const coordinator = keyOf(1)
const stranger = keyOf(4)

type Verbs = (typeof SchedulerMessages)['verbs']

export class SchedulerWorld {
  readonly hosts: VirtualHosts
  readonly chain: TestChain
  readonly rollup: TestRollup
  readonly client: Host
  readonly workers: WorkerProps[]
  private nonce = 0

  constructor(seed = 7, tokenMs = 50) {
    this.hosts = new VirtualHosts(seed, (kind, key) => HOSTS[kind] ?? key)
    const node = this.hosts.start('node')
    this.chain = new TestChain(this.hosts)
    node.spawn(this.chain.archive(), 'node0', null)
    node.spawn(this.chain.mempool(), 'node0', null)
    this.rollup = new TestRollup(this.hosts, () => this.chain.blocks.length - 1)
    node.spawn(this.rollup.shard(), 'node0', null)
    node.spawn(this.rollup.sequencer(), 'node0', null)
    this.client = this.hosts.start('client')
    this.chain.market.balances.set(consumer.address, 10n ** 9n)
    this.workers = [2, 3].map((i) => ({
      ...keyOf(i),
      slots: 2,
      unitPriceWei: 10n,
      // The first is the faster one and is chosen first.
      tokenMs: tokenMs + 10 * (i - 2),
      behaviour: 'honest',
      verdicts: [],
    }))
    this.startMarket()
  }

  startMarket(): void {
    this.hosts.start('market').spawn(Scheduler, 'main', {
      chainId: 1337n,
      secretKey: coordinator.secretKey,
      address: coordinator.address,
      secp256k1: secp256k1Noble,
      nodes: ['node0'],
      shards: 1,
      heartbeatMs: 1000,
    })
  }

  startWorker(i: number): void {
    const props = this.workers[i] as WorkerProps
    this.hosts.start(`gpu${i}`).spawn(TestWorker, `gpu${i}`, props)
  }

  /** Asks the scheduler and runs the world until it answers. */
  ask<N extends keyof Verbs & string>(
    verb: N,
    body: unknown,
    within = 30_000,
  ): Infer<Extract<Verbs[N], { form: 'ask' }>['reply']> | undefined {
    let answer: unknown
    let ended = false
    const outcome = {
      within,
      ok: (reply: unknown) => {
        answer = reply
        ended = true
      },
      failed: () => {
        ended = true
      },
    }
    const route = this.client.routes.find('scheduler', 'main')
    this.client.asks.start(SchedulerMessages, route, verb, body, outcome, undefined, undefined)
    this.hosts.runUntil(() => ended, within + 1000)
    return answer as never
  }

  send(data: Uint8Array, value = 0n, from = consumer): Hex {
    const unsigned = {
      type: 2,
      chainId: 1337n,
      nonce: this.nonce++,
      maxFeePerGas: 1n,
      maxPriorityFeePerGas: 0n,
      gasLimit: 1_000_000,
      to: MARKET_ADDRESS,
      value,
      data,
      accessList: [],
    } as const
    return this.chain.submit(signTransaction(unsigned, from.secretKey, secp256k1Noble)).hash
  }

  fund(deposit = 10n ** 7n, allowance = 10n ** 7n): void {
    this.send(encodeDeposit(), deposit)
    this.send(encodeAuthorize(coordinator.address, allowance))
    this.hosts.run(300)
  }

  quote(
    requirements: Record<string, unknown> = {},
    prompt = 'Once upon a time',
    payment: 'market' | 'rollup' = 'market',
  ) {
    const request = JSON.stringify({
      type: 'inference',
      model_id: 'stories15m',
      input_data: prompt,
      requirements: { max_tokens: 10, ...requirements },
    })
    const quote = this.ask('Quote', { consumer: consumer.address, request, payment })
    if (quote === undefined) throw new Error('no quote')
    return quote
  }

  submit(
    request: string,
    more: {
      escrowTx?: Hex
      idempotencyKey?: string
      lock?: { lock: number; use: number }
    } = {},
  ) {
    const { escrowTx, idempotencyKey, lock } = more
    const body = { consumer: consumer.address, request, escrowTx, lock, idempotencyKey }
    const answer = this.ask('Submit', body)
    if (answer === undefined) throw new Error('no answer to Submit')
    return answer
  }

  job(jobId: Hex): JobView {
    const job = this.ask('Job', { jobId })
    if (job === undefined) throw new Error('unknown job')
    return job
  }

  /** Runs until the job has ended. */
  wait(jobId: Hex, ms = 120_000): JobView {
    const end = this.hosts.now + ms
    for (;;) {
      const job = this.job(jobId)
      if (!['pending', 'assigned', 'running'].includes(job.state)) return job
      if (this.hosts.now > end) throw new Error(`still ${job.state}: ${this.hosts.lines.slice(-9)}`)
      this.hosts.run(100)
    }
  }

  runWhile(jobId: Hex, states: string[], ms = 60_000): JobView {
    const end = this.hosts.now + ms
    for (;;) {
      const job = this.job(jobId)
      if (!states.includes(job.state) || this.hosts.now > end) return job
      this.hosts.run(20)
    }
  }

  balance(i: number): bigint {
    return this.chain.market.balance(keyOf(i).address)
  }
}

export { stranger }

// Jobs until told to stop. An accepted job must end, and one that was seen completed must stay so.

import { setTimeout as pause } from 'node:timers/promises'
import type { Hex } from '../../lib/hex.ts'
import { CoordinatorClient, type Job } from '../../sdk/coordinator/coordinator-client.ts'
import { accountOf, type Cluster } from './cluster.ts'

const EVERY_MS = 700
const ENDS_MS = 180_000
const TIMEOUT_MS = 10_000
const ENDED = ['completed', 'failed', 'cancelled', 'expired']

export class JobLoad {
  readonly accepted: Hex[] = []
  readonly completed = new Set<Hex>()
  errors = 0
  private readonly client: CoordinatorClient
  private stopping = false
  private running: Promise<unknown> = Promise.resolve()

  constructor(cluster: Cluster) {
    const { privateKey } = accountOf(cluster, 'consumer')
    const baseUrl = cluster.endpoints.api
    this.client = new CoordinatorClient({ baseUrl, privateKey, timeoutMs: TIMEOUT_MS })
  }

  start(): void {
    this.running = this.submit()
  }

  async stop(): Promise<void> {
    this.stopping = true
    await this.running
  }

  private async submit(): Promise<void> {
    for (let i = 0; !this.stopping; i++) {
      try {
        const job = await this.client.createJob({
          type: 'inference',
          model_id: 'all-minilm-l6-v2',
          input_data: `job ${i}`,
          requirements: {},
        })
        this.accepted.push(job.job_id)
        const earlier = this.accepted.at(-3)
        if (earlier) this.see(await this.client.job(earlier))
      } catch {
        this.errors++
      }
      await pause(EVERY_MS)
    }
  }

  private see(job: Job): void {
    if (job.status === 'completed') this.completed.add(job.job_id)
  }

  /** How the accepted jobs ended, and what is wrong with that. Waits until all have. */
  async settle(): Promise<{ states: Record<string, number>; wrongs: string[] }> {
    const seen = new Set(this.completed)
    const deadline = Date.now() + ENDS_MS
    const ended = new Map<Hex, Job>()
    let wrongs: string[] = []
    while (ended.size < this.accepted.length && Date.now() < deadline) {
      wrongs = []
      for (const id of this.accepted) {
        if (ended.has(id)) continue
        try {
          const job = await this.client.job(id)
          if (ENDED.includes(job.status)) ended.set(id, job)
          else wrongs.push(`job ${id} is still ${job.status}`)
        } catch (error) {
          wrongs.push(`job ${id}: ${(error as Error).message}`)
        }
      }
      if (ended.size < this.accepted.length) await pause(2000)
    }
    const states: Record<string, number> = {}
    for (const { status } of ended.values()) states[status] = (states[status] ?? 0) + 1
    if (ended.size === this.accepted.length) wrongs = []
    for (const id of seen) {
      const status = ended.get(id)?.status
      if (status !== 'completed') wrongs.push(`job ${id} was completed, is ${status}`)
    }
    return { states, wrongs }
  }
}

// The state of a running cluster as its actors report it: heights and roots per validator, finality
// as measured block by block, jobs by state.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { SchedulerMessages } from '../../actors/messages/scheduler.ts'
import { ValidatorMessages } from '../../actors/messages/validator.ts'
import { FINALITY_SAMPLES_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { headerTimeMs } from '../../protocol/block/extra-data.ts'
import { decodeHeader } from '../../protocol/block/header-codec.ts'
import type { Host } from '../../runtime/host.ts'
import { chainFacts } from './chain-facts.ts'
import type { ClusterStatus } from './cluster-events.ts'
import { SCHEDULER_KEY } from './plan.ts'

const ASK_MS = 2000
const POLL_MS = 20_000
const RETRY_MS = 500
const BLOCKS_PER_POLL = 64

/** `sorted` ascending and not empty; share in [0, 1]. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number
}

export class ClusterStatusReader {
  private readonly host: Host
  private readonly validators: readonly string[]
  private readonly hasScheduler: boolean
  private readonly finality: number[] = []
  private readonly jobStates = new Map<Hex, string>()
  private stopped = false

  constructor(host: Host, validators: readonly string[], hasScheduler: boolean) {
    this.host = host
    this.validators = validators
    this.hasScheduler = hasScheduler
  }

  start(): void {
    void this.followBlocks()
    if (this.hasScheduler) void this.followJobs()
  }

  stop(): void {
    this.stopped = true
  }

  /** Milliseconds from a block's time to its finality at this node, over the latest blocks. */
  private async followBlocks(): Promise<void> {
    let node = 0
    let height: number | undefined
    while (!this.stopped) {
      const key = this.validators[node % this.validators.length] as string
      try {
        if (height === undefined) {
          height = (
            await this.host.edge.ask(ArchiveMessages, key, 'Head', null, { within: ASK_MS })
          ).height
        }
        const body = { height, max: BLOCKS_PER_POLL }
        const blocks = await this.host.edge.ask(ArchiveMessages, key, 'BlocksAfter', body, {
          within: POLL_MS,
        })
        for (const { block, finalAtMs, height: at } of blocks) {
          height = at
          this.finality.push(finalAtMs - headerTimeMs(decodeBlock(block).header))
          if (this.finality.length > FINALITY_SAMPLES_MAX) this.finality.shift()
        }
      } catch {
        // An idle poll ends at its deadline; a node that is down is left for the next one.
        node++
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  private async followJobs(): Promise<void> {
    let seq = 0
    while (!this.stopped) {
      try {
        const body = { seq, max: 256 }
        const changes = await this.host.edge.ask(
          SchedulerMessages,
          SCHEDULER_KEY,
          'ChangesAfter',
          body,
          { within: POLL_MS },
        )
        for (const change of changes) {
          seq = change.seq
          this.jobStates.set(change.job.jobId, change.job.state)
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  private jobs(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const state of this.jobStates.values()) counts[state] = (counts[state] ?? 0) + 1
    return counts
  }

  private async validator(id: string) {
    const { edge } = this.host
    const head = await edge.ask(ArchiveMessages, id, 'Head', null, { within: ASK_MS })
    const status = await edge.ask(ValidatorMessages, id, 'Status', null, { within: ASK_MS })
    const { stateRoot } = decodeHeader(head.header)
    const { mode } = status
    const facts = chainFacts(head, status)
    return { id, height: head.height, blockHash: head.hash, stateRoot, mode, facts }
  }

  /** Validators that do not answer are left out. */
  async read(): Promise<ClusterStatus> {
    const answers = await Promise.allSettled(this.validators.map((id) => this.validator(id)))
    const found = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const sorted = [...this.finality].sort((a, b) => a - b)
    const p = (share: number) => (sorted.length > 0 ? percentile(sorted, share) : undefined)
    return {
      height: Math.max(0, ...found.map((validator) => validator.height)),
      mode: found[0]?.mode ?? 'unknown',
      facts: found[0]?.facts,
      finalityMs: { p50: p(0.5), p99: p(0.99) },
      validators: found.map(({ mode: _, facts: __, ...validator }) => validator),
      jobs: this.jobs(),
    }
  }
}

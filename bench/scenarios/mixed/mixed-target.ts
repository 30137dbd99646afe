// A cluster under distilled transfers and jobs that are paid through locks at the same time.
// Before each round the same transfers run without jobs, so that what these cost can be told
// apart.

import { setTimeout as pause } from 'node:timers/promises'
import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import type { JobOutcome } from '../../harness/job-figures.ts'
import { type LoadPlan, loadPlan } from '../../harness/load-plan.ts'
import type { BenchOptions } from '../../harness/options.ts'
import { type RoleProcess, usageOf } from '../../harness/process-usage.ts'
import type { Progress } from '../../harness/progress.ts'
import type { Audit, Target } from '../../harness/target.ts'
import { GeneratorHandle } from '../rollup/generator/generator-handle.ts'
import { readRollupConfig } from '../rollup/read-rollup-config.ts'
import {
  auditWithHeads,
  rolesOf,
  sequencerOf,
  startRollupCluster,
} from '../rollup/rollup-target.ts'
import { JobsAudit } from './audit-jobs.ts'
import { JobsHandle } from './jobs/jobs-handle.ts'

const GROUPS = 2
const DRAIN_MS = 60_000
/** Jobs that are left take until their deadline. */
const JOB_EXPIRE_MS = 30_000
/** So many seconds of jobs may be under way. */
const LOCKED_SECONDS = 20
const LOCKS_MIN = 256

async function cpuWithin<T>(
  processes: readonly RoleProcess[],
  seconds: number,
  work: () => Promise<T>,
): Promise<{ result: T; cpuMs: number }> {
  const used = () => processes.reduce((sum, { pid }) => sum + usageOf(pid).cpuMs, 0)
  const before = used()
  const later = pause(seconds * 1000).then(() => used() - before)
  const result = await work()
  return { result, cpuMs: await later }
}

export async function mixedTarget(options: BenchOptions, progress: Progress): Promise<Target> {
  const { validators, accounts, jobs: perSecond, left, absent } = options
  const locks = Math.max(LOCKS_MIN, perSecond * LOCKED_SECONDS)
  const reserved = Math.ceil(locks / COHORT_SIZE) * COHORT_SIZE
  if (accounts < 2 * reserved) {
    throw new Error(`--accounts is at least ${2 * reserved} for ${perSecond} jobs a second`)
  }
  progress.line(`starting ${validators} validators with ${accounts} accounts, ${locks} locks`)
  const running = startRollupCluster(options, locks)
  try {
    const { rpc: url, ws } = running.cluster.endpoints
    let sequencer = await sequencerOf(new Rpc(url))
    const say = (text: string) => progress.now(` ${text}`)
    const setup = { ws: [ws], accounts, absent, groups: GROUPS, reserved }
    const generator = await GeneratorHandle.start('generator', setup, say)
    const payer = await JobsHandle.start({ ws, rpc: url, accounts, locks, left }, say)
    const system = () => rolesOf(running, sequencer)
    let cpuMsWithout = 0

    const withoutJobs = async ({ name, perSecond: rate, seconds, expireMs }: LoadPlan) => {
      await generator.prepare(loadPlan(`${name}, no jobs`, rate, seconds, expireMs))
      const { result, cpuMs } = await cpuWithin(system(), seconds, () => generator.run())
      progress.line(`no jobs: ${result.committed} of ${result.offered} final, ${cpuMs} ms of cores`)
      if (!(await generator.drain(DRAIN_MS))) throw new Error('transfers are stuck')
      cpuMsWithout = cpuMs
    }

    return {
      name: `aitbc, ${validators} validators, ${perSecond} jobs a second`,
      processes: () => [
        ...system(),
        { role: 'generator', pid: generator.pid },
        { role: 'generator', pid: payer.pid },
      ],
      async prepare(plan: LoadPlan) {
        sequencer = await sequencerOf(new Rpc(url))
        if (plan.name.startsWith('round')) await withoutJobs(plan)
        await generator.prepare(plan)
      },
      async run({ name, seconds }: LoadPlan) {
        const terms = { name, perSecond, seconds, expireMs: JOB_EXPIRE_MS }
        const { result, cpuMs } = await cpuWithin(system(), seconds, () =>
          Promise.all([generator.run(), payer.run(terms)]),
        )
        const [transfers, counted] = result
        const jobs: JobOutcome = { ...counted, cpuMs, cpuMsWithout }
        const { paid, returned, failed, expired, offered } = jobs
        const all = `${paid} paid, ${returned} given back, ${failed} failed, ${expired} expired`
        progress.line(`${offered} jobs: ${all}, ${cpuMs} ms of cores`)
        return { ...transfers, jobs }
      },
      receivedBytes: () => running.receivedBytes(),
      async drain() {
        const [first, second] = await Promise.all([
          generator.drain(DRAIN_MS),
          payer.drain(DRAIN_MS),
        ])
        return first && second
      },
      async audit(): Promise<Audit> {
        const { batches, refusedRoots: faults } = await generator.record()
        const config = readRollupConfig(running.dataDirectory)
        const look = new JobsAudit(await payer.record(), config)
        return auditWithHeads(running, options, { batches, faults, look })
      },
      async stop() {
        generator.stop()
        payer.stop()
        running.stop()
      },
    }
  } catch (error) {
    running.stop()
    throw error
  }
}

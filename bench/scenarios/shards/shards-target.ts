// A cluster of validators that all run K shards, under distilled transfers of which a share goes
// from one shard to another.

import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import type { LoadPlan } from '../../harness/load-plan.ts'
import type { BenchOptions } from '../../harness/options.ts'
import type { Progress } from '../../harness/progress.ts'
import type { Audit, Target } from '../../harness/target.ts'
import { GeneratorHandle } from '../rollup/generator/generator-handle.ts'
import { keysMade } from '../rollup/keys-made.ts'
import { readRollupConfig } from '../rollup/read-rollup-config.ts'
import { nodeNames, rolesOf, sequencerOf, startRollupCluster } from '../rollup/rollup-target.ts'
import { batchTimelines } from '../rollup/timeline/batch-timelines.ts'
import { auditShards } from './audit-shards.ts'

const GROUPS = 2
const DRAIN_MS = 60_000

export async function shardsTarget(options: BenchOptions, progress: Progress): Promise<Target> {
  const { validators, accounts, shards, far } = options
  if (accounts % (COHORT_SIZE * shards) !== 0) {
    throw new Error(`--accounts is whole cohorts of ${COHORT_SIZE} in each of ${shards} shards`)
  }
  progress.line(`starting ${validators} validators with ${shards} shards, ${accounts} accounts`)
  const running = startRollupCluster(options)
  try {
    const { rpc: url, ws } = running.cluster.endpoints
    const rpc = new Rpc(url)
    const sequencers = () =>
      Promise.all(Array.from({ length: shards }, (_, shard) => sequencerOf(rpc, shard)))
    let working = await sequencers()
    const setup = {
      ws: [ws],
      accounts,
      absent: options.absent,
      groups: GROUPS,
      spread: { shards, far },
    }
    await keysMade(running, progress, shards)
    const say = (text: string) => progress.now(` ${text}`)
    const generator = await GeneratorHandle.start('generator', setup, say)
    return {
      name: `aitbc, ${validators} validators, ${shards} shards, ${far} % far`,
      processes: () => [
        ...rolesOf(running, ...working),
        { role: 'generator' as const, pid: generator.pid },
      ],
      async prepare(plan: LoadPlan) {
        await generator.prepare(plan)
        working = await sequencers()
      },
      run: () => generator.run(),
      receivedBytes: () => running.receivedBytes(),
      drain: () => generator.drain(DRAIN_MS),
      async audit(): Promise<Audit> {
        const { batches, refusedRoots } = await generator.record()
        const config = readRollupConfig(running.dataDirectory)
        return auditShards(ws, rpc, config, batches, refusedRoots)
      },
      timelines: (heard) => batchTimelines(running.dataDirectory, nodeNames(running), heard),
      async stop() {
        generator.stop()
        running.stop()
      },
    }
  } catch (error) {
    running.stop()
    throw error
  }
}

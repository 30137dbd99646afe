// A cluster of validators under distilled transfers, as the harness sees it.

import { chaosCluster } from '../../../apps/cli/chaos/chaos-cluster.ts'
import { agreement, validatorHeads } from '../../../apps/cli/chaos/check/validator-heads.ts'
import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { BenchCluster } from '../../harness/bench-cluster.ts'
import type { LoadPlan } from '../../harness/load-plan.ts'
import type { BenchOptions } from '../../harness/options.ts'
import type { RoleProcess } from '../../harness/process-usage.ts'
import type { Progress } from '../../harness/progress.ts'
import type { Audit, Target } from '../../harness/target.ts'
import { validatorNodes, writeBenchNetwork } from '../../harness/transfers/bench-network.ts'
import { auditRollup } from './audit-rollup.ts'
import { GeneratorHandle } from './generator/generator-handle.ts'
import { keysMade } from './keys-made.ts'
import { readRollupConfig } from './read-rollup-config.ts'
import { batchTimelines } from './timeline/batch-timelines.ts'

/** Connections of the generator, each a group that signs by itself. */
const GROUPS = 2
const DRAIN_MS = 60_000
/** Transfers a second at which the search for the knee begins: in whole cohorts. */
export const FIRST_STEP = 60_000
const READY_MS = 120_000

/** With so many locks, which belong to the first accounts. */
export function startRollupCluster(options: BenchOptions, locks = 0): BenchCluster {
  const { validators, accounts, shards, sums, senders, kill, mode, window } = options
  // Whoever is killed, there are gateways left to go to.
  const nodes = validatorNodes(validators, kill ? validators : 1)
  process.env.AITBC_ROLLUP_SUMS = sums
  process.env.AITBC_ROLLUP_SENDERS = senders
  if (window !== undefined) process.env.AITBC_ROLLUP_WINDOW_MS = `${window}`
  const rollup = { rollupAccounts: accounts, rollupShards: shards, rollupLocks: locks }
  const spec = { validators, accounts: 0, nodes, ...rollup }
  return BenchCluster.start((folder) => writeBenchNetwork(folder, spec), ['--mode', mode])
}

/** The node that takes transfers; waits until the shard is ready. */
export async function sequencerOf(rpc: Rpc, shard = 0): Promise<string> {
  const end = Date.now() + READY_MS
  for (;;) {
    try {
      const head = (await rpc.call('rollup_getHead', `0x${shard.toString(16)}`)) as {
        ready: boolean
        sequencer: string | null
      }
      if (head.ready && head.sequencer) return head.sequencer
    } catch (error) {
      if (Date.now() > end) throw error
    }
    if (Date.now() > end) throw new Error('no sequencer took up its work')
    await new Promise((done) => setTimeout(done, 250))
  }
}

export function rolesOf(running: BenchCluster, ...sequencers: readonly string[]): RoleProcess[] {
  const nodes = running.nodes()
  const known = new Set(nodes.map(({ pid }) => pid))
  const roles: RoleProcess[] = nodes.map(({ name, pid }) => {
    return { role: sequencers.includes(name) ? 'sequencer' : 'validator', pid }
  })
  for (const pid of running.cluster.pids) if (!known.has(pid)) roles.push({ role: 'other', pid })
  return roles
}

export function nodeNames(running: BenchCluster): string[] {
  return running.nodes().map(({ name }) => name)
}

function gatewaysOf(running: BenchCluster): string[] {
  return running.nodes().flatMap(({ ws }) => (ws ? [ws] : []))
}

/** In the middle of a round; the cluster starts again by itself what was killed. */
function killLater(
  running: BenchCluster,
  sequencer: string,
  { kill }: BenchOptions,
  { name, seconds }: LoadPlan,
  progress: Progress,
): NodeJS.Timeout | undefined {
  if (!kill || !name.startsWith('round')) return undefined
  return setTimeout(() => {
    const isWanted = (node: string) => (node === sequencer) === (kill === 'sequencer')
    const node = running.nodes().find(({ name, pid }) => isWanted(name) && pid > 0)
    if (!node) return
    progress.line(
      `kill -9 of ${node.name}, ${kill === 'sequencer' ? 'the sequencer' : 'not the sequencer'}`,
    )
    process.kill(node.pid, 'SIGKILL')
  }, seconds * 500)
}

/** What the replay of claims says, and whether all validators have the same chain. */
export async function auditWithHeads(
  running: BenchCluster,
  options: BenchOptions,
  counted: Parameters<typeof auditRollup>[3],
): Promise<Audit> {
  const { rpc: url, ws } = running.cluster.endpoints
  const rpc = new Rpc(url)
  const config = readRollupConfig(running.dataDirectory)
  const { ok, lines } = await auditRollup(ws, rpc, config, counted)
  if (options.validators === 1) return { ok, lines }
  const { nodes } = chaosCluster(running.dataDirectory)
  const agreed = await agreement(await validatorHeads(nodes), nodes.length, rpc)
  return {
    ok: ok && agreed.every((one) => one.ok),
    lines: [...lines, ...agreed.map(({ name, detail }) => `${name}: ${detail}`)],
  }
}

async function startGenerator(
  options: BenchOptions,
  ws: readonly string[],
  progress: Progress,
): Promise<GeneratorHandle> {
  const { accounts, absent, clients, senders } = options
  const kind = clients > 0 ? 'clients' : 'generator'
  const setup = { ws, accounts, absent, senders, groups: clients > 0 ? clients : GROUPS }
  const say = (text: string) => progress.now(` ${text}`)
  return GeneratorHandle.start(kind, setup, say)
}

export async function rollupTarget(options: BenchOptions, progress: Progress): Promise<Target> {
  const { validators, accounts, clients } = options
  progress.line(`starting ${validators} validators with ${accounts} rollup accounts`)
  const running = startRollupCluster(options)
  try {
    const { rpc: url, ws } = running.cluster.endpoints
    let sequencer = await sequencerOf(new Rpc(url))
    await keysMade(running, progress)
    const generator = await startGenerator(
      options,
      options.kill ? gatewaysOf(running) : [ws],
      progress,
    )
    return {
      name: `aitbc, ${validators} validator${validators === 1 ? '' : 's'}`,
      processes: () => [
        ...rolesOf(running, sequencer),
        { role: clients > 0 ? ('client' as const) : ('generator' as const), pid: generator.pid },
      ],
      async prepare(plan: LoadPlan) {
        await generator.prepare(plan)
        sequencer = await sequencerOf(new Rpc(url))
      },
      async run(plan: LoadPlan) {
        const timer = killLater(running, sequencer, options, plan, progress)
        try {
          return await generator.run()
        } finally {
          clearTimeout(timer)
        }
      },
      receivedBytes: () => running.receivedBytes(),
      drain: () => generator.drain(DRAIN_MS),
      async audit(): Promise<Audit> {
        // What was killed may still be on its way back.
        await sequencerOf(new Rpc(url))
        const { batches, refusedRoots: faults } = await generator.record()
        return auditWithHeads(running, options, { batches, faults })
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

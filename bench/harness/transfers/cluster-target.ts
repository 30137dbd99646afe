// A cluster of ours under transfers, as the harness sees it.

import { chaosCluster } from '../../../apps/cli/chaos/chaos-cluster.ts'
import { agreement, validatorHeads } from '../../../apps/cli/chaos/check/validator-heads.ts'
import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { BenchCluster } from '../bench-cluster.ts'
import type { LoadPlan } from '../load-plan.ts'
import type { BenchOptions } from '../options.ts'
import type { Role } from '../process-usage.ts'
import type { Progress } from '../progress.ts'
import type { Audit, Target } from '../target.ts'
import { auditChain, readOpening } from './audit-chain.ts'
import { BENCH_CHAIN_ID, validatorNodes, writeBenchNetwork } from './bench-network.ts'
import { GeneratorHandle } from './generator-handle.ts'

const LANES = 16
/** Reads are one at a time on each connection, as clients make them. */
const READ_LANES = 64
const DRAIN_MS = 120_000
/** Blocks that are full for minutes raise the base fee: that must not be what bounds a run. */
const MAX_FEE_PER_GAS = 10n ** 13n

export function clusterTarget(options: BenchOptions, progress: Progress): Promise<Target> {
  return startCluster(options, progress, 'transfers')
}

/** The same cluster under calls that read. */
export function clusterReads(options: BenchOptions, progress: Progress): Promise<Target> {
  return startCluster(options, progress, 'reads')
}

async function startCluster(
  { validators, accounts, mode }: BenchOptions,
  progress: Progress,
  kind: 'transfers' | 'reads',
): Promise<Target> {
  progress.line(`starting ${validators} validators with ${accounts} accounts`)
  const nodes = validatorNodes(validators)
  const running = BenchCluster.start(
    (folder) => writeBenchNetwork(folder, { validators, accounts, nodes }),
    ['--mode', mode],
  )
  try {
    const { rpc, ws } = running.cluster.endpoints
    const opening = await readOpening(rpc, accounts)
    const setup = {
      kind,
      rpc,
      ws,
      chainId: BENCH_CHAIN_ID,
      accounts,
      maxFeePerGas: MAX_FEE_PER_GAS,
      lanes: kind === 'reads' ? READ_LANES : LANES,
    }
    const generator = await GeneratorHandle.start(setup, (text) => progress.now(` ${text}`))
    return {
      name: `aitbc, ${validators} validator${validators === 1 ? '' : 's'}`,
      processes: () => processesOf(running, generator.pid),
      prepare: (plan: LoadPlan) => generator.sign(plan),
      run: (plan: LoadPlan) => generator.run(plan),
      receivedBytes: () => running.receivedBytes(),
      drain: () => generator.drain(DRAIN_MS),
      async audit(): Promise<Audit> {
        if (kind === 'reads') return READS_CHECKED
        const { ok, lines } = await auditChain(rpc, await generator.record(), opening)
        const agreed = validators > 1 ? await allAgree(running, rpc) : []
        return {
          ok: ok && agreed.every((one) => one.ok),
          lines: [...lines, ...agreed.map(({ name, detail }) => `${name}: ${detail}`)],
        }
      },
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

/** Every answer was compared when it came; a wrong one has failed. */
export const READS_CHECKED: Audit = {
  ok: true,
  lines: ['every counted answer was compared with what the genesis says'],
}

async function allAgree(running: BenchCluster, rpc: string) {
  const { nodes } = chaosCluster(running.dataDirectory)
  return agreement(await validatorHeads(nodes), nodes.length, new Rpc(rpc))
}

function processesOf(running: BenchCluster, generator: number) {
  const nodes = new Set(running.nodes().map(({ pid }) => pid))
  const roles: { role: Role; pid: number }[] = [...nodes].map((pid) => ({ role: 'validator', pid }))
  for (const pid of running.cluster.pids) if (!nodes.has(pid)) roles.push({ role: 'other', pid })
  return [...roles, { role: 'generator' as const, pid: generator }]
}

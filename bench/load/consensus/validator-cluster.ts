// A cluster of nothing but validators, each a process of its own, started as a user starts it; the
// first one answers JSON-RPC.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { chaosCluster } from '../../../apps/cli/chaos/chaos-cluster.ts'
import { healLinks, linkFault } from '../../../apps/cli/chaos/link-faults.ts'
import { type NodeEndpoints, readEndpoints } from '../../../apps/node/endpoints.ts'
import { accountOf, aitbc, type Cluster } from '../../../scripts/soak/cluster.ts'
import { HEALTHY } from '../../../transport/chaos/faults.ts'
import { BlockWatch } from './block-watch.ts'
import { JsonRpcSocket } from './json-rpc-socket.ts'
import type { Mode } from './options.ts'
import { processorMs } from './processor-time.ts'
import { TransferSupply } from './transfer-supply.ts'

const NETWORKS: Readonly<Record<number, string>> = { 4: 'dev', 7: 'dev-7' }
/** Slow machines with other work start seven processes in more than the usual time. */
const START_MS = 300_000

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export function validatorTopology(validators: number): object {
  const nodes = Object.fromEntries(
    Array.from({ length: validators }, (_, i) => [
      `node${i}`,
      { roles: i === 0 ? ['validator', 'gateway'] : ['validator'] },
    ]),
  )
  return { name: `consensus-${validators}`, network: NETWORKS[validators], process: 'each', nodes }
}

export class ValidatorCluster {
  readonly mode: Mode
  readonly validators: number
  readonly watch: BlockWatch
  readonly supply: TransferSupply
  private readonly folder: string
  private readonly interrupted: () => void

  private constructor(
    mode: Mode,
    validators: number,
    folder: string,
    watch: BlockWatch,
    supply: TransferSupply,
    interrupted: () => void,
  ) {
    this.mode = mode
    this.validators = validators
    this.folder = folder
    this.watch = watch
    this.supply = supply
    this.interrupted = interrupted
  }

  static async start(mode: Mode, validators: number): Promise<ValidatorCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'aitbc-consensus-'))
    const file = join(folder, 'topology.yaml')
    const data = join(folder, 'data')
    writeFileSync(file, stringify(validatorTopology(validators)))
    const options = ['--ports', 'auto', '--detach', '--json', '--data', data, '--mode', mode]
    // Whoever stops the bench stops the cluster, which runs by itself: also while it starts.
    const interrupted = () => {
      down(folder)
      process.exit(130)
    }
    for (const signal of SIGNALS) process.once(signal, interrupted)
    try {
      const text = aitbc(['up', file, ...options], START_MS)
      const cluster = { dataDirectory: data, ...JSON.parse(text) } as Cluster
      const socket = await JsonRpcSocket.connect(cluster.endpoints.ws)
      const watch = await BlockWatch.start(socket)
      const supply = await TransferSupply.fund(watch, accountOf(cluster, 'alice'))
      return new ValidatorCluster(mode, validators, folder, watch, supply, interrupted)
    } catch (error) {
      for (const signal of SIGNALS) process.off(signal, interrupted)
      down(folder)
      throw error
    }
  }

  get dataDirectory(): string {
    return join(this.folder, 'data')
  }

  /** As they are now: a process that was started again has another number. */
  nodes(): readonly NodeEndpoints[] {
    return readEndpoints(this.dataDirectory)?.nodes ?? []
  }

  processorMs(): number {
    return processorMs(this.nodes().map(({ pid }) => pid))
  }

  /** Every message between validators takes so long, each way. */
  async delay(delayMs: number): Promise<void> {
    const chaos = chaosCluster(this.dataDirectory)
    if (delayMs === 0) {
      await healLinks(chaos)
      return
    }
    const names = chaos.nodes.map(({ name }) => name)
    const faults = { ...HEALTHY, delayMs }
    const effect = { text: '', standsStill: false }
    const set = { left: names, right: names, faults, oneWay: false, forMs: undefined }
    await linkFault(chaos, { ...set, what: 'delay', effect }).begin()
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.interrupted)
    this.watch.socket.close()
    down(this.folder)
  }
}

function down(folder: string): void {
  try {
    const data = join(folder, 'data')
    if (readEndpoints(data)) aitbc(['down', '--data', data])
  } catch (error) {
    process.stderr.write(`a cluster did not stop in order: ${(error as Error).message}\n`)
  }
  rmSync(folder, { recursive: true, force: true })
}

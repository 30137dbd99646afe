// A cluster of nothing but validators, each a process of its own, started as a user starts it; the
// first one answers JSON-RPC.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { chaosCluster } from '../../../apps/cli/chaos/chaos-cluster.ts'
import { healLinks, linkFault } from '../../../apps/cli/chaos/link-faults.ts'
import type { NodeEndpoints } from '../../../apps/node/endpoints.ts'
import { accountOf } from '../../../scripts/soak/cluster.ts'
import { HEALTHY } from '../../../transport/chaos/faults.ts'
import { BenchCluster } from '../../harness/bench-cluster.ts'
import type { Mode } from '../../harness/chain-mode.ts'
import { BlockWatch } from './block-watch.ts'
import { JsonRpcSocket } from './json-rpc-socket.ts'
import { processorMs } from './processor-time.ts'
import { TransferSupply } from './transfer-supply.ts'

const NETWORKS: Readonly<Record<number, string>> = { 4: 'dev', 7: 'dev-7' }
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
  private readonly cluster: BenchCluster

  private constructor(
    mode: Mode,
    validators: number,
    cluster: BenchCluster,
    watch: BlockWatch,
    supply: TransferSupply,
  ) {
    this.mode = mode
    this.validators = validators
    this.cluster = cluster
    this.watch = watch
    this.supply = supply
  }

  static async start(mode: Mode, validators: number): Promise<ValidatorCluster> {
    const cluster = BenchCluster.start(
      (folder) => {
        const file = join(folder, 'topology.yaml')
        writeFileSync(file, stringify(validatorTopology(validators)))
        return file
      },
      ['--mode', mode],
    )
    try {
      const socket = await JsonRpcSocket.connect(cluster.cluster.endpoints.ws)
      const watch = await BlockWatch.start(socket)
      const supply = await TransferSupply.fund(watch, accountOf(cluster.cluster, 'alice'))
      return new ValidatorCluster(mode, validators, cluster, watch, supply)
    } catch (error) {
      cluster.stop()
      throw error
    }
  }

  get dataDirectory(): string {
    return this.cluster.dataDirectory
  }

  /** As they are now: a process that was started again has another number. */
  nodes(): readonly NodeEndpoints[] {
    return this.cluster.nodes()
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
    this.watch.socket.close()
    this.cluster.stop()
  }
}

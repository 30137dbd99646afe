// Watches a cluster while something is broken on purpose, waits for it to recover, and says what
// held. It reads over RPC and REST alone, like any user.

import { loadNetwork } from '../../../../config/network.ts'
import { chainSetup } from '../../../node/chain-setup.ts'
import { processAlive } from '../../../node/endpoints.ts'
import type { ChaosNode } from '../chaos-cluster.ts'
import { Rpc } from '../rpc.ts'
import { ChainRecord } from './chain-record.ts'
import { escrowsInTime, readEscrows } from './escrows.ts'
import { type Invariant, invariant } from './invariant.ts'
import { Supply } from './supply.ts'
import { agreement, validatorHeads } from './validator-heads.ts'

const LOOK_MS = 1000
const READY_MS = 2000

export interface CheckerOptions {
  /** As they are now: a node that was started again has another process. */
  nodes(): readonly ChaosNode[]
  readonly network: string
  /** Validators of the cluster. */
  readonly validators: number
}

async function isReady({ pid, admin }: ChaosNode): Promise<boolean> {
  if (pid <= 0 || !processAlive(pid)) return false
  try {
    const signal = AbortSignal.timeout(READY_MS)
    return (await fetch(`${admin}/health/ready`, { signal })).ok
  } catch {
    return false
  }
}

export class Checker {
  readonly record = new ChainRecord()
  private readonly options: CheckerOptions
  private readonly supply: Supply
  private looking: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(options: CheckerOptions) {
    this.options = options
    this.supply = new Supply(chainSetup(loadNetwork(options.network)).genesis.accounts)
  }

  private nodes(): readonly ChaosNode[] {
    return this.options.nodes()
  }

  private gateways(): Map<string, Rpc> {
    const found = this.nodes().filter(({ rpc, pid }) => rpc !== undefined && pid > 0)
    return new Map(found.map(({ name, rpc }) => [name, new Rpc(rpc as string)]))
  }

  /** One look at every gateway; those that do not answer are left out. */
  private async look(): Promise<void> {
    const gateways = [...this.gateways()]
    await Promise.allSettled(gateways.map(([name, rpc]) => this.record.look(name, rpc)))
  }

  /** Looks once, and from then on until `rest`. */
  async watch(): Promise<void> {
    await this.look()
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined
      })
    }, LOOK_MS)
  }

  async rest(): Promise<void> {
    clearInterval(this.timer)
    await this.looking
  }

  /** Waits until every node is up and every validator has gone on from `height`. */
  async recovery(height: number, limitMs: number): Promise<Invariant[]> {
    const deadline = performance.now() + limitMs
    const started = performance.now()
    let down: string[] = []
    let behind: string[] = []
    do {
      const nodes = this.nodes()
      const ready = await Promise.all(nodes.map(isReady))
      down = nodes.filter((_, i) => !ready[i]).map(({ name }) => name)
      const heads = await validatorHeads(nodes)
      behind = heads
        .filter((head) => head.height <= height)
        .map((head) => `${head.node} is at ${head.height}`)
      if (heads.length < this.options.validators) {
        behind.push(`${heads.length} of ${this.options.validators} validators answer`)
      }
      if (down.length === 0 && behind.length === 0) break
      await new Promise((next) => setTimeout(next, LOOK_MS / 2))
    } while (performance.now() < deadline)
    const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
    return [
      invariant(
        'nodes-up',
        down.map((name) => `${name} is not ready after ${took}`),
        `all nodes are up and ready after ${took}`,
      ),
      invariant(
        'height-grows',
        behind.map((text) => `${text}, not beyond ${height} after ${took}`),
        `every validator is beyond height ${height} after ${took}`,
      ),
    ]
  }

  /** What must hold at any time, also while something is broken. */
  async safety(): Promise<Invariant[]> {
    const gateways = new Map<string, Rpc>()
    const answers = await Promise.allSettled(
      [...this.gateways()].map(async ([name, rpc]) => {
        await rpc.call('eth_chainId')
        gateways.set(name, rpc)
      }),
    )
    const [first] = gateways.values()
    if (!first) {
      return [
        invariant('final-blocks-unchanged', [`none of ${answers.length} gateways answers`], ''),
      ]
    }
    const found: (Invariant | undefined)[] = [
      await guarded('final-blocks-unchanged', () => this.record.unchanged(gateways)),
      await guarded('acknowledged-transactions-kept', () => this.record.kept(gateways)),
      await guarded('supply-unchanged', () => this.supply.conserved(first)),
      await guarded('escrows-end-in-time', async () => escrowsInTime(await readEscrows(first))),
    ]
    return found.filter((one) => one !== undefined)
  }

  /** All validators on one chain: only when all of them can be heard. */
  async agreement(): Promise<Invariant[]> {
    const [rpc] = this.gateways().values()
    if (!rpc) return [invariant('validators-agree', ['no gateway answers'], '')]
    try {
      const heads = await validatorHeads(this.nodes())
      return await agreement(heads, this.options.validators, rpc)
    } catch (error) {
      return [invariant('validators-agree', [(error as Error).message], '')]
    }
  }
}

/** A check that could not be made has not passed. */
async function guarded(
  name: string,
  check: () => Promise<Invariant | undefined>,
): Promise<Invariant | undefined> {
  try {
    return await check()
  } catch (error) {
    return invariant(name, [`it could not be checked: ${(error as Error).message}`], '')
  }
}

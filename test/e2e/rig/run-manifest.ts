// One run of a manifest, inside the rig's namespaces: the network, the nodes, the load, what is
// done to them, and in the end what held. Every wait has a limit.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChaosNode } from '../../../apps/cli/chaos/chaos-cluster.ts'
import { Checker } from '../../../apps/cli/chaos/check/checker.ts'
import { type Invariant, invariant } from '../../../apps/cli/chaos/check/invariant.ts'
import { Rpc } from '../../../apps/cli/chaos/rpc.ts'
import { loadNetwork } from '../../../config/network.ts'
import { BankLoad } from './bank/bank-load.ts'
import { bankInvariants, readStanding } from './invariants/bank-invariants.ts'
import { certificatesVerify, firstCheckpoint } from './invariants/certificates.ts'
import { NetworkLab } from './lab/network-lab.ts'
import { RigNode } from './lab/rig-node.ts'
import type { Manifest } from './manifest/manifest-schema.ts'
import { manifestTopology, nodeNames } from './manifest/manifest-topology.ts'
import { ownDisk } from './perturb/disk-faults.ts'
import { type PerturbationDone, Perturber } from './perturb/perturber.ts'
import { WireBoard } from './perturb/wire-board.ts'
import type { Progress } from './progress.ts'
import { RigError } from './rig-error.ts'
import { HeightWatch } from './watch-heights.ts'

const START_MS = 90_000
/** Blocks that all nodes have before anything is done to them. */
const FIRST_HEIGHT = 2

export interface RunReport {
  readonly manifest: string
  /** By node, at the end. */
  readonly heights: Readonly<Record<string, number>>
  readonly perturbations: readonly PerturbationDone[]
  readonly load: LoadReport
  readonly invariants: readonly Invariant[]
}

interface LoadReport {
  readonly sent: number
  readonly final: number
  /** From the moment a transfer should have been sent until a gateway showed it as final. */
  readonly final_ms: { readonly p50: number | null; readonly p99: number | null }
  readonly refusals: Readonly<Record<string, number>>
}

function hasOwnDisk(manifest: Manifest, name: string): boolean {
  return manifest.nodes[name]?.perturb.some((one) => one.do === 'disk-full') ?? false
}

function makeNodes(manifest: Manifest, lab: NetworkLab, folder: string): Map<string, RigNode> {
  const topologyFile = join(folder, 'topology.yaml')
  writeFileSync(topologyFile, manifestTopology(manifest).text)
  const nodes = nodeNames(manifest).map((name) => {
    const node = new RigNode({
      name,
      topologyFile,
      dataDirectory: join(folder, name),
      logFile: join(folder, 'logs', `${name}.log`),
      mode: manifest.mode,
      doors: lab.doorsOf(name),
    })
    return [name, node] as const
  })
  return new Map(nodes)
}

function loadReport(load: BankLoad): LoadReport {
  const { transfers } = load
  const times = transfers
    .flatMap(({ final, intendedMs }) => (final ? [final.atMs - intendedMs] : []))
    .sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? null
  const final_ms = { p50: at(0.5), p99: at(0.99) }
  return { sent: transfers.length, final: times.length, final_ms, refusals: load.refusals }
}

function endsInvariant(nodes: readonly RigNode[]): Invariant {
  const ends = nodes.flatMap((node) => node.ends)
  const wrongs = ends
    .filter(({ excused }) => !excused)
    .map(({ node, how }) => `the process of ${node} ended by itself (${how})`)
  const fine = `no process ended by itself, but ${ends.length} with a broken disk`
  return invariant(
    'processes-stay',
    wrongs,
    ends.length === 0 ? 'no process ended by itself' : fine,
  )
}

function recoveryInvariant(done: readonly PerturbationDone[], limitMs: number): Invariant {
  const wrongs = done
    .filter(({ recovered_ms }) => recovered_ms === null)
    .map(({ words }) => `${words}: not with the chain within ${limitMs / 1000} s`)
  const longest = Math.max(0, ...done.map(({ recovered_ms }) => recovered_ms ?? 0))
  const fine = `after each of ${done.length} perturbations, at the latest after ${longest} ms`
  return invariant('nodes-return', wrongs, fine)
}

export class ManifestRun {
  private readonly manifest: Manifest
  private readonly folder: string
  private readonly progress: Progress
  private lab: NetworkLab | undefined
  private nodes = new Map<string, RigNode>()

  constructor(manifest: Manifest, folder: string, progress: Progress) {
    this.manifest = manifest
    this.folder = folder
    this.progress = progress
  }

  private get network(): string {
    return manifestTopology(this.manifest).topology.network
  }

  private chaosNodes(): ChaosNode[] {
    return [...this.nodes.values()].map(({ name, pid, doors }) => {
      return { name, process: name, pid, admin: doors.admin, rpc: doors.rpc }
    })
  }

  async run(): Promise<RunReport> {
    const { manifest, folder } = this
    const names = nodeNames(manifest)
    this.lab = await NetworkLab.open(names, folder, manifest.seed)
    const lab = this.lab
    const board = new WireBoard(manifest, (rules) => lab.setWires(rules))
    this.nodes = makeNodes(manifest, lab, folder)
    const watch = new HeightWatch(new Map(names.map((name) => [name, lab.doorsOf(name).rpc])))
    try {
      return await this.perform(board, watch)
    } finally {
      this.progress.stop()
      await watch.stop()
      await Promise.all([...this.nodes.values()].map((node) => node.stop('SIGKILL')))
      lab.close()
    }
  }

  /** Starts all but those that join later, and waits until they make blocks together. */
  private async start(watch: HeightWatch): Promise<void> {
    const { manifest, progress } = this
    const first = [...this.nodes.values()].filter(({ name }) => !manifest.nodes[name]?.starts)
    for (const node of first) {
      if (hasOwnDisk(manifest, node.name)) {
        mkdirSync(node.dataDirectory, { recursive: true })
        ownDisk(node.dataDirectory)
      }
      node.start()
    }
    progress.say(`${first.length} of ${manifest.validators} validators start`)
    watch.start()
    const going = () => first.every(({ name }) => (watch.heights.get(name) ?? 0) >= FIRST_HEIGHT)
    if (await watch.until(going, START_MS)) return
    const heights = first.map(({ name, state }) => `${name} ${state} ${watch.heights.get(name)}`)
    const hint = `read the logs in ${join(this.folder, 'logs')}`
    throw new RigError('the network makes no blocks', heights.join(', '), hint)
  }

  private async perform(board: WireBoard, watch: HeightWatch): Promise<RunReport> {
    const { manifest, progress } = this
    await this.start(watch)
    const running = [...this.nodes.values()]
    const gateways = new Map(running.map(({ name, doors }) => [name, doors.rpc]))
    const up = running.find(({ state, name }) => state === 'up' && !manifest.nodes[name]?.starts)
    const rpc = new Rpc((up ?? running[0])?.doors.rpc as string)
    const { transfers, accounts } = manifest.load
    const settleMs = manifest.recovery
    const load = await BankLoad.open({ gateways, transfers, accounts, settleMs })
    const checkpoint = await firstCheckpoint(rpc.url, loadNetwork(this.network).genesisHash)
    const before = await readStanding(rpc, load.addresses)
    const checker = new Checker({
      nodes: () => this.chaosNodes(),
      network: this.network,
      validators: manifest.validators,
    })
    await checker.watch()
    const perturber = new Perturber({
      manifest,
      nodes: this.nodes,
      board,
      watch,
      startedAt: Date.now(),
      say: (text) => progress.say(text),
    })
    progress.say(`all make blocks; ${transfers} transfers a second begin`)
    progress.follow({
      nodes: running,
      watch,
      faults: () => perturber.current,
      load: () => `${load.final.length} of ${load.transfers.length} transfers final`,
    })
    load.start()
    await Promise.all([perturber.run(), pause(manifest.lasts)])
    progress.say('the load ends')
    await load.stop()
    const recovered = await checker.recovery(watch.highest, manifest.recovery)
    await checker.rest()
    for (const { hash, final } of load.final) {
      if (final) checker.record.acknowledge(hash, final.blockHash)
    }
    progress.say('everything is over; the invariants are read')
    const reader = new Rpc((running[0] as RigNode).doors.rpc)
    const invariants = [
      ...recovered,
      ...(await checker.agreement()),
      ...(await checker.safety()).filter(({ name }) => name !== 'escrows-end-in-time'),
      recoveryInvariant(perturber.done, manifest.recovery),
      invariant('chains-never-shorten', watch.shortened, `${watch.looks} looks at heights`),
      endsInvariant(running),
      ...(await bankInvariants(reader, load, before)),
      await certificatesVerify(reader, watch.highest, checkpoint),
    ]
    return {
      manifest: manifest.name,
      heights: Object.fromEntries(watch.heights),
      perturbations: perturber.done,
      load: loadReport(load),
      invariants,
    }
  }
}

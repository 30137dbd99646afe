// Does to the nodes what the manifest lists, each node's list in its order, at its times or
// heights, and measures how long the node takes afterwards until it is with the chain again.

import { setTimeout as pause } from 'node:timers/promises'
import type { RigNode } from '../lab/rig-node.ts'
import type { Manifest, Perturbation } from '../manifest/manifest-schema.ts'
import type { HeightWatch } from '../watch-heights.ts'
import { doingOf } from './doing.ts'
import type { WireBoard } from './wire-board.ts'

export interface PerturbationDone {
  readonly node: string
  readonly do: string
  readonly words: string
  /** Milliseconds since the run began. */
  readonly at_ms: number
  /** The highest block that any node had shown then. */
  readonly height: number
  healed_ms?: number
  /** Until the node was beyond the chain as it was when the fault ended; null: not in time. */
  recovered_ms?: number | null
}

type Moment = Pick<Perturbation, 'at' | 'height'>

export interface PerturberOptions {
  readonly manifest: Manifest
  readonly nodes: ReadonlyMap<string, RigNode>
  readonly board: WireBoard
  readonly watch: HeightWatch
  readonly startedAt: number
  readonly say: (text: string) => void
}

export class Perturber {
  readonly done: PerturbationDone[] = []
  private readonly options: PerturberOptions

  constructor(options: PerturberOptions) {
    this.options = options
  }

  /** What is being done at the moment, in words. */
  get current(): string[] {
    return this.done.filter((one) => one.healed_ms === undefined).map(({ words }) => words)
  }

  /** Resolves when everything has been done and has healed, or has not in time. */
  async run(): Promise<void> {
    const { nodes } = this.options.manifest
    await Promise.all(
      Object.entries(nodes).map(async ([name, { starts, perturb }]) => {
        const node = this.options.nodes.get(name)
        if (!node) return
        if (starts) await this.lateStart(node, starts)
        for (const one of perturb) await this.perform(node, one)
      }),
    )
  }

  private get now(): number {
    return Date.now() - this.options.startedAt
  }

  private async moment({ at, height }: Moment) {
    if (at !== undefined) await pause(Math.max(0, at - this.now))
    const { watch, manifest } = this.options
    if (height !== undefined) {
      await watch.until(() => watch.highest >= height, manifest.lasts + manifest.recovery)
    }
  }

  private async lateStart(node: RigNode, starts: Moment): Promise<void> {
    await this.moment(starts)
    const words = `${node.name} joins with an empty folder`
    const done = this.note(node, 'join', words)
    node.start()
    done.healed_ms = this.now
    await this.recovered(node, done)
  }

  private note(node: RigNode, action: string, words: string): PerturbationDone {
    const { watch, say } = this.options
    const done = { node: node.name, do: action, words, at_ms: this.now, height: watch.highest }
    this.done.push(done)
    say(words)
    return done
  }

  private async perform(node: RigNode, given: Perturbation): Promise<void> {
    await this.moment(given)
    const doing = doingOf(node, given, this.options.board)
    const done = this.note(node, given.do, doing.words)
    await doing.begin()
    await pause(doing.forMs)
    await doing.end()
    done.healed_ms = this.now
    await this.recovered(node, done)
  }

  private async recovered(node: RigNode, done: PerturbationDone): Promise<void> {
    const { watch, manifest, say } = this.options
    const healedAt = Date.now()
    const goal = watch.highest
    const beyond = () =>
      watch.answering.get(node.name) === true && (watch.heights.get(node.name) ?? 0) > goal
    const good = await watch.until(beyond, manifest.recovery)
    done.recovered_ms = good ? Date.now() - healedAt : null
    const took = `${((Date.now() - healedAt) / 1000).toFixed(1)} s`
    say(
      good
        ? `${node.name} is with the chain again, ${took} after the fault ended`
        : `${node.name} is not with the chain ${took} after the fault ended`,
    )
  }
}

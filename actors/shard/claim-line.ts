// The batches above the last final one: which are here, which of them are executed one after the
// other on the state, and how to get from one branch to another.

import { ROLLUP_UNFINAL_BATCHES_MAX, ROLLUP_WAITING_BATCHES_MAX } from '../../config/limits.ts'
import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import type { Undo } from '../../protocol/rollup/undo-log.ts'
import type { HeldBatch } from './held-batch.ts'

export interface Point {
  readonly number: number
  readonly hash: Hex
}

export interface Step {
  readonly held: HeldBatch
  readonly undo: Undo
}

export class ClaimLine {
  state: ShardState
  final: Point
  /** Nothing is executed any more. */
  isFrozen = false
  /** Executed above the final one, oldest first. */
  readonly steps: Step[] = []
  private readonly held = new Map<Hex, HeldBatch>()

  constructor(state: ShardState, final: Point) {
    this.state = state
    this.final = final
  }

  /** Goes on from another state: nothing is executed on it yet. */
  restart(state: ShardState, final: Point): void {
    assert(this.steps.length === 0, 'nothing stands on the state before')
    this.state = state
    this.final = final
    this.held.clear()
  }

  get tip(): Point {
    const last = this.steps.at(-1)
    return last ? { number: last.held.claim.number, hash: last.held.hash } : this.final
  }

  get size(): number {
    return this.held.size
  }

  find(hash: Hex): HeldBatch | undefined {
    return this.held.get(hash)
  }

  batches(): Iterable<HeldBatch> {
    return this.held.values()
  }

  /** A number that a batch may have to be kept. */
  isInReach(number: number): boolean {
    return number > this.final.number && number <= this.final.number + ROLLUP_UNFINAL_BATCHES_MAX
  }

  /** Keeps a batch; the oldest that is not executed goes when there are too many. */
  add(batch: HeldBatch): void {
    this.held.set(batch.hash, batch)
    const others = this.held.size - this.steps.length
    if (others <= ROLLUP_WAITING_BATCHES_MAX) return
    for (const [hash, one] of this.held) {
      if (hash === batch.hash || this.isOnLine(hash)) continue
      assert(one.hash === hash, 'kept by its hash')
      this.held.delete(hash)
      return
    }
  }

  drop(hash: Hex): void {
    if (!this.isOnLine(hash)) this.held.delete(hash)
  }

  /** How many steps lead to it: 0 for the final one, -1 when it is not executed. */
  depthOf(hash: Hex): number {
    if (hash === this.final.hash) return 0
    return this.steps.findIndex(({ held }) => held.hash === hash) + 1 || -1
  }

  isOnLine(hash: Hex): boolean {
    return this.depthOf(hash) >= 0
  }

  /** Batches that stand on this one, in the order in which they came. */
  childrenOf(hash: Hex): HeldBatch[] {
    return [...this.held.values()].filter(({ claim }) => claim.parent === hash)
  }

  push(step: Step): void {
    assert(step.held.claim.parent === this.tip.hash, 'a step stands on the one before')
    assert(step.held.claim.number === this.tip.number + 1, 'numbers have no gaps')
    this.steps.push(step)
  }

  /** Takes back all steps above a depth. */
  undoTo(depth: number): HeldBatch[] {
    const undone: HeldBatch[] = []
    while (this.steps.length > depth) {
      const { held, undo } = this.steps.pop() as Step
      this.state.undo(undo)
      undone.push(held)
    }
    return undone
  }

  /**
   * What is to be executed, oldest first, to get to a batch, and the depth from which on; or the
   * hash of the ancestor that is not here.
   */
  pathTo(target: HeldBatch): { depth: number; path: HeldBatch[] } | { missing: Point } {
    const path: HeldBatch[] = []
    let at: HeldBatch = target
    for (;;) {
      path.push(at)
      const { parent, number } = at.claim
      const depth = this.depthOf(parent)
      if (depth >= 0) return { depth, path: path.reverse() }
      const next = this.held.get(parent)
      if (!next) return { missing: { number: number - 1, hash: parent } }
      at = next
    }
  }

  /** The first step is final: it stays, and what does not stand on it goes. */
  advance(): Step {
    const first = this.steps.shift()
    assert(first, 'only what is executed becomes final')
    const { held } = first
    this.final = { number: held.claim.number, hash: held.hash }
    for (const [hash, { claim }] of this.held) {
      if (claim.number <= held.claim.number) this.held.delete(hash)
    }
    return first
  }
}

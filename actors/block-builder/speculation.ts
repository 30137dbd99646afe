// Executed blocks above the last final one, by hash, each with the state after it. States share
// all that they have in common, so a block costs what it changed.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import type { Executed } from '../../protocol/execution/execute-block.ts'
import type { StateTree } from '../../protocol/state/state-tree.ts'

export interface Tip {
  readonly block: Block
  readonly tree: StateTree
}

export interface Candidate extends Tip {
  readonly executed: Executed
}

export class Speculation {
  final: Tip
  private readonly candidates = new Map<Hex, Candidate>()
  private readonly max: number

  constructor(final: Tip, max: number) {
    this.final = final
    this.max = max
  }

  get size(): number {
    return this.candidates.size
  }

  /** The final block or one above it. */
  find(hash: Hex): Tip | undefined {
    return hash === this.final.block.hash ? this.final : this.candidates.get(hash)
  }

  add(candidate: Candidate): void {
    const { hash, header } = candidate.block
    assert(this.find(header.parentHash), 'a candidate has its parent here')
    this.candidates.set(hash, candidate)
    if (this.candidates.size > this.max) this.dropOldestLeaf(hash)
  }

  /** A block that was dropped can be checked again when it is needed after all. */
  private dropOldestLeaf(except: Hex): void {
    const parents = new Set<Hex>()
    for (const { block } of this.candidates.values()) parents.add(block.header.parentHash)
    for (const hash of this.candidates.keys()) {
      if (hash === except || parents.has(hash)) continue
      this.candidates.delete(hash)
      return
    }
  }

  /** The blocks from above the final one up to `hash`; undefined if it does not stand on it. */
  pathTo(hash: Hex): Candidate[] | undefined {
    const path: Candidate[] = []
    let at = hash
    while (at !== this.final.block.hash) {
      const candidate = this.candidates.get(at)
      if (!candidate) return undefined
      path.push(candidate)
      at = candidate.block.header.parentHash
    }
    return path.reverse()
  }

  /** Makes `hash` final and forgets every block that does not stand on it. */
  advance(hash: Hex): void {
    const next = this.candidates.get(hash)
    assert(next, 'only a known block becomes final')
    this.final = { block: next.block, tree: next.tree }
    // Parents are inserted before their children, so one pass sees the fate of each parent first.
    const alive = new Set<Hex>([hash])
    for (const [candidate, { block }] of this.candidates) {
      if (alive.has(block.header.parentHash)) alive.add(candidate)
      else this.candidates.delete(candidate)
    }
    this.candidates.delete(hash)
  }
}

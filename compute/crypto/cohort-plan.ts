// Which sums of a cohort give the sum of those present with the fewest additions: a binary tree of
// sums over chunks of its members, where a part may also be taken away. One in twenty absent costs
// one subtraction, not the four or five additions of what is left around it.

import { COHORT_SIZE } from '../../protocol/params.ts'

/** Members under the smallest sums that are kept. */
export const CHUNK_SIZE = 16
export const CHUNKS = COHORT_SIZE / CHUNK_SIZE
/** Nodes are numbered as in a heap: the root 1, children 2i and 2i + 1, chunks from `CHUNKS` on. */
export const ROOT = 1

/** The parts: sums of nodes and single members, to be added and to be taken away. */
export interface CohortPlan {
  readonly plusNodes: number[]
  readonly plusMembers: number[]
  readonly minusNodes: number[]
  readonly minusMembers: number[]
}

/** More than any plan costs; twice as much still fits. */
const NEVER = 16_384

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0
  for (let left = byte; left > 0; left >>= 1) bits += left & 1
  return bits
})

export class CohortPlanner {
  /** Additions for the sum of those present under a node, and of those absent. */
  private readonly present = new Uint16Array(2 * CHUNKS)
  private readonly absent = new Uint16Array(2 * CHUNKS)
  private readonly isWhole = new Uint8Array(2 * CHUNKS)
  private bitmap: Uint8Array = new Uint8Array(0)
  private plan: CohortPlan = newPlan()

  /**
   * `bitmap`: 512 bytes, bit i = member i is present. `isWhole`: whether all members of a chunk are
   * registered and known, so that there is a sum of it; it is told how many are present.
   */
  make(bitmap: Uint8Array, isWhole: (chunk: number, there: number) => boolean): CohortPlan {
    const { present, absent } = this
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const there = this.count(bitmap, chunk)
      const gone = CHUNK_SIZE - there
      const whole = isWhole(chunk, there)
      const node = CHUNKS + chunk
      this.isWhole[node] = whole ? 1 : 0
      present[node] = whole ? Math.min(there, 1 + gone) : there
      absent[node] = whole ? Math.min(gone, 1 + there) : NEVER
    }
    for (let node = CHUNKS - 1; node >= ROOT; node--) this.cost(node)
    this.bitmap = bitmap
    this.plan = newPlan()
    this.collect(ROOT, true, true)
    return this.plan
  }

  private count(bitmap: Uint8Array, chunk: number): number {
    return (
      (BITS[bitmap[2 * chunk] as number] as number) +
      (BITS[bitmap[2 * chunk + 1] as number] as number)
    )
  }

  private below(costs: Uint16Array, node: number): number {
    return (costs[2 * node] as number) + (costs[2 * node + 1] as number)
  }

  private cost(node: number): void {
    const there = this.below(this.present, node)
    const gone = Math.min(NEVER, this.below(this.absent, node))
    const whole = this.isWhole[2 * node] === 1 && this.isWhole[2 * node + 1] === 1
    this.isWhole[node] = whole ? 1 : 0
    this.present[node] = whole ? Math.min(there, 1 + gone) : there
    this.absent[node] = whole ? Math.min(gone, 1 + there) : gone
  }

  /** Adds, or takes away, the sum of those present, or absent, under a node. */
  private collect(node: number, isPresent: boolean, isPlus: boolean): void {
    const costs = isPresent ? this.present : this.absent
    const cost = costs[node] as number
    if (cost === 0) return
    const isChunk = node >= CHUNKS
    const parts = isChunk ? this.membersOf(node - CHUNKS, isPresent) : this.below(costs, node)
    if (cost === parts) {
      if (isChunk) this.members(node - CHUNKS, isPresent, isPlus)
      else this.both(node, isPresent, isPlus)
      return
    }
    const { plusNodes, minusNodes } = this.plan
    const nodes = isPlus ? plusNodes : minusNodes
    nodes.push(node)
    if (isChunk) this.members(node - CHUNKS, !isPresent, !isPlus)
    else this.both(node, !isPresent, !isPlus)
  }

  private both(node: number, isPresent: boolean, isPlus: boolean): void {
    this.collect(2 * node, isPresent, isPlus)
    this.collect(2 * node + 1, isPresent, isPlus)
  }

  private membersOf(chunk: number, isPresent: boolean): number {
    const there = this.count(this.bitmap, chunk)
    return isPresent ? there : CHUNK_SIZE - there
  }

  private members(chunk: number, isPresent: boolean, isPlus: boolean): void {
    const members = isPlus ? this.plan.plusMembers : this.plan.minusMembers
    const first = chunk * CHUNK_SIZE
    for (let member = first; member < first + CHUNK_SIZE; member++) {
      const bit = ((this.bitmap[member >>> 3] as number) >>> (member & 7)) & 1
      if ((bit === 1) === isPresent) members.push(member)
    }
  }
}

function newPlan(): CohortPlan {
  return { plusNodes: [], plusMembers: [], minusNodes: [], minusMembers: [] }
}

// What a node that checks all shards spends, as a formula of the blocks, the batches and the
// transfers of a second. Made of four points; the others show whether it holds.

/** Of one run: what happened in a second, and what a transfer cost one node, in any unit. */
export interface CostPoint {
  /** Transfers a second, of all shards together. */
  readonly perSecond: number
  readonly blocks: number
  /** Of all shards. */
  readonly batches: number
  readonly shards: number
  /** Share of the transfers that go to another shard, 0 to 1. */
  readonly far: number
  readonly cost: number
}

/** cost · rate = blocks · block + batches · batch + rate · (each + far · eachFar) */
export interface CostModel {
  /** Votes, certificates, the block itself. */
  readonly block: number
  /** Its aggregate and its claim, the tree over its accounts. */
  readonly batch: number
  /** A transfer, and what one to another shard costs more. */
  readonly each: number
  readonly eachFar: number
}

/** One for each term of the model. */
export type ModelBase = readonly [CostPoint, CostPoint, CostPoint, CostPoint]

type Row = [number, number, number, number, number]

/** What the terms count in a second, and what they add up to. */
function rowOf({ perSecond, blocks, batches, far, cost }: CostPoint): Row {
  return [blocks, batches, perSecond, perSecond * far, perSecond * cost]
}

/** Smaller than this beside the largest of its column, a pivot tells nothing. */
const PIVOT_MIN = 1e-6

/** Gaussian elimination with pivots. Throws when the points do not tell the terms apart. */
export function modelOf(base: ModelBase): CostModel {
  const rows = base.map(rowOf)
  const terms = rows.length
  const scales = [0, 1, 2, 3].map((at) =>
    Math.max(...rows.map((row) => Math.abs(row[at] as number))),
  )
  for (let at = 0; at < terms; at++) {
    const rest = rows
      .slice(at)
      .sort((a, b) => Math.abs(b[at] as number) - Math.abs(a[at] as number))
    rows.splice(at, terms, ...rest)
    const pivot = rows[at] as Row
    const head = pivot[at] as number
    if (!(Math.abs(head) > PIVOT_MIN * (scales[at] as number))) {
      throw new Error('the points do not make a model')
    }
    for (const row of rows) {
      if (row === pivot) continue
      const times = (row[at] as number) / head
      for (let i = at; i <= terms; i++) row[i] = (row[i] as number) - times * (pivot[i] as number)
    }
  }
  const [block, batch, each, eachFar] = rows.map(
    (row, at) => (row[terms] as number) / (row[at] as number),
  )
  return { block, batch, each, eachFar } as CostModel
}

export function costAt(
  { block, batch, each, eachFar }: CostModel,
  { perSecond, blocks, batches, far }: Omit<CostPoint, 'cost' | 'shards'>,
): number {
  return (blocks * block + batches * batch) / perSecond + each + far * eachFar
}

/** Transfers a second of all shards for which `budget` a second is enough; 0 when none is left. */
export function rateFor(
  { block, batch, each, eachFar }: CostModel,
  budget: number,
  { blocks, batches, far }: Pick<CostPoint, 'blocks' | 'batches' | 'far'>,
): number {
  return Math.max(0, (budget - blocks * block - batches * batch) / (each + far * eachFar))
}

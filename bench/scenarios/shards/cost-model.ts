// What a transfer costs a node that checks all shards, as a formula of the rate, the number of
// shards and the share that goes to another one. Made of four points; the others show whether it
// holds.

/** Of one run: what a transfer costs one node, in any unit. */
export interface CostPoint {
  /** Transfers a second, of all shards together. */
  readonly perSecond: number
  readonly shards: number
  /** Share of the transfers, 0 to 1. */
  readonly far: number
  readonly cost: number
}

/** cost = (perSecondFixed + shards · perShard) / rate + each + far · eachFar */
export interface CostModel {
  /** A second, whatever is sent: blocks, votes, clocks. */
  readonly fixed: number
  /** A second and shard: its batches and claims. */
  readonly perShard: number
  /** A transfer, and what one to another shard costs more. */
  readonly each: number
  readonly eachFar: number
}

/** The four points that a model is made of: one shard at two rates, many shards, and far ones. */
export interface ModelBase {
  readonly slow: CostPoint
  readonly one: CostPoint
  readonly many: CostPoint
  readonly far: CostPoint
}

/** Throws when the points do not tell the terms apart. */
export function modelOf({ slow, one, many, far }: ModelBase): CostModel {
  const isApart = slow.perSecond < one.perSecond && many.shards > one.shards && far.far > 0
  const isNear = slow.shards === one.shards && slow.far + one.far + many.far === 0
  const isSameRate = one.perSecond === many.perSecond && one.perSecond === far.perSecond
  if (!isApart || !isNear || !isSameRate) throw new Error('the points do not make a model')
  const rate = one.perSecond
  const perShard = ((many.cost - one.cost) * rate) / (many.shards - one.shards)
  const rest = (slow.cost - one.cost) / (1 / slow.perSecond - 1 / rate)
  const fixed = rest - one.shards * perShard
  const each = one.cost - rest / rate
  const near = each + (fixed + far.shards * perShard) / rate
  return { fixed, perShard, each, eachFar: (far.cost - near) / far.far }
}

export function costAt(
  { fixed, perShard, each, eachFar }: CostModel,
  { perSecond, shards, far }: Omit<CostPoint, 'cost'>,
): number {
  return (fixed + shards * perShard) / perSecond + each + far * eachFar
}

/** Transfers a second of all shards for which `budget` a second is enough; 0 when none is left. */
export function rateFor(model: CostModel, budget: number, shards: number, far: number): number {
  const left = budget - model.fixed - shards * model.perShard
  return Math.max(0, left / (model.each + far * model.eachFar))
}

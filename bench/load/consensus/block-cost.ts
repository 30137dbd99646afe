// Counts times costs: what a block costs a validator, by kind of work. Pure.

export const KINDS = ['signatures', 'vrf', 'execution', 'disk', 'codec'] as const
export type Kind = (typeof KINDS)[number]

export function kindOf(operation: string): Kind {
  if (operation.startsWith('vrf ')) return 'vrf'
  if (operation === 'build' || operation === 'check') return 'execution'
  if (operation === 'persist' || operation === 'finalise') return 'disk'
  return /^(?:encode|receive) /.test(operation) ? 'codec' : 'signatures'
}

export interface BlockCost {
  readonly byKind: Readonly<Record<Kind, number>>
  readonly sumMs: number
  /** Messages that a validator receives for a block. */
  readonly messages: number
}

/** Throws for an operation whose cost nobody measured: it would count as nothing. */
export function blockCost(
  perBlock: ReadonlyMap<string, number>,
  costs: ReadonlyMap<string, number>,
): BlockCost {
  const byKind = { signatures: 0, vrf: 0, execution: 0, disk: 0, codec: 0 }
  let messages = 0
  for (const [operation, count] of perBlock) {
    const cost = costs.get(operation)
    if (cost === undefined) throw new Error(`nobody measured what "${operation}" costs`)
    byKind[kindOf(operation)] += count * cost
    if (operation.startsWith('receive ')) messages += count
  }
  const sumMs = KINDS.reduce((sum, kind) => sum + byKind[kind], 0)
  return { byKind, sumMs, messages }
}

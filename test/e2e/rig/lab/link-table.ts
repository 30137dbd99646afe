// What the switch does with each pair of nodes: the manifest's wires, and over them the faults that
// last at the moment. Pure.

export interface Wire {
  readonly delay?: number | undefined
  readonly jitter?: number | undefined
  /** 0 to 1. */
  readonly loss?: number | undefined
  /** Bytes a second; undefined: as fast as the machine. */
  readonly bandwidth?: number | undefined
  readonly cut?: boolean
}

/** Milliseconds and all: a change of what goes from any of `from` to any of `to`. */
export interface WireRule extends Wire {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** Delays take the longer, losses come on top of each other, the narrower bandwidth counts. */
function over(under: Wire, rule: Wire): Wire {
  const bandwidths = [under.bandwidth, rule.bandwidth].filter((one) => one !== undefined)
  return {
    delay: Math.max(under.delay ?? 0, rule.delay ?? 0),
    jitter: Math.max(under.jitter ?? 0, rule.jitter ?? 0),
    loss: 1 - (1 - (under.loss ?? 0)) * (1 - (rule.loss ?? 0)),
    bandwidth: bandwidths.length === 0 ? undefined : Math.min(...bandwidths),
    cut: under.cut === true || rule.cut === true,
  }
}

/** The switch's control file: a line for each ordered pair. */
export function linkTable(names: readonly string[], rules: readonly WireRule[]): string {
  const lines: string[] = []
  for (const [i, from] of names.entries()) {
    for (const [j, to] of names.entries()) {
      if (i === j) continue
      const wire = rules
        .filter((rule) => rule.from.includes(from) && rule.to.includes(to))
        .reduce<Wire>(over, {})
      const us = (ms: number | undefined) => Math.round((ms ?? 0) * 1000)
      const numbers = [
        us(wire.delay),
        us(wire.jitter),
        Math.round((wire.loss ?? 0) * 1e6),
        Math.round(wire.bandwidth ?? 0),
        wire.cut ? 1 : 0,
      ]
      lines.push(`${i} ${j} ${numbers.join(' ')}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** The rules of a fault around `side`: of what it sends, of what it gets, or both. */
export function sideRules(
  names: readonly string[],
  side: readonly string[],
  way: 'both' | 'in' | 'out',
  wire: Wire,
): WireRule[] {
  const rest = names.filter((name) => !side.includes(name))
  const rules: WireRule[] = []
  if (way !== 'in') rules.push({ from: side, to: rest, ...wire })
  if (way !== 'out') rules.push({ from: rest, to: side, ...wire })
  return rules
}

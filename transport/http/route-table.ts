// Finds the route of a request. Both drivers use it, so that paths mean the same on both.

interface Pattern<R> {
  readonly route: R
  readonly segments: readonly string[]
}

export interface Match<R> {
  readonly route: R
  readonly params: Record<string, string>
}

/** Lower sorts first: literal, then `:name`, then `*`. */
function rank(segment: string): number {
  return segment === '*' ? 2 : segment.startsWith(':') ? 1 : 0
}

function bySpecificity(a: Pattern<unknown>, b: Pattern<unknown>): number {
  for (let i = 0; i < Math.min(a.segments.length, b.segments.length); i++) {
    const difference = rank(a.segments[i] as string) - rank(b.segments[i] as string)
    if (difference !== 0) return difference
  }
  return b.segments.length - a.segments.length
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

function matchSegments(
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [i, segment] of pattern.entries()) {
    if (segment === '*') {
      params['*'] = path.slice(i).join('/')
      return params
    }
    const given = path[i]
    if (given === undefined) return undefined
    if (segment.startsWith(':')) {
      const value = decode(given)
      if (!value) return undefined
      params[segment.slice(1)] = value
    } else if (segment !== given) return undefined
  }
  return path.length === pattern.length ? params : undefined
}

export class RouteTable<R extends { readonly path: string }> {
  private readonly patterns: Pattern<R>[]

  constructor(routes: readonly R[]) {
    this.patterns = routes
      .map((route) => ({ route, segments: route.path.split('/') }))
      .sort(bySpecificity)
  }

  /** All routes of the path, the most specific first. */
  find(path: string): Match<R>[] {
    const segments = path.split('/')
    const matches: Match<R>[] = []
    for (const { route, segments: pattern } of this.patterns) {
      const params = matchSegments(pattern, segments)
      if (params) matches.push({ route, params })
    }
    return matches
  }
}

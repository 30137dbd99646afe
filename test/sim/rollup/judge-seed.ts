// One seed's verdict: what the checker found, what had to happen and did not, and what tells
// whether two runs of the seed were the same.

import type { World } from '../../../runtime/sim/world.ts'

interface Checker {
  readonly violations: readonly string[]
  checkEnd(): void
  digest(): string
}

const VIOLATIONS_SHOWN = 5

/** `play` says what has not happened that must; that counts where nothing else is wrong. */
export function judgeSeed(
  world: World,
  checker: Checker,
  play: () => readonly string[],
): { readonly violations: string[]; readonly trace: string } {
  const violations: string[] = []
  try {
    const lacks = play()
    checker.checkEnd()
    if (checker.violations.length === 0) violations.push(...lacks)
  } catch (error) {
    violations.push(`crash: ${(error as Error).stack?.split('\n').slice(0, 4).join(' | ')}`)
  }
  violations.push(...checker.violations.slice(0, VIOLATIONS_SHOWN))
  const trace = [
    world.timeline.steps,
    world.trace.value.toString(16),
    world.random.below(2 ** 32),
    checker.digest(),
  ].join('/')
  return { violations, trace }
}

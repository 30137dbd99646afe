// The course of a simulated rollup: time passes while the checker looks again and again, until what
// is waited for has come, something is wrong, or the time is over.

import type { World } from '../../../runtime/sim/world.ts'

export interface Checker {
  readonly violations: readonly string[]
  check(): void
}

const CHECK_EVERY_MS = 250

/** False: `isDone` never held. */
export function runUntil(
  world: World,
  checker: Checker,
  ms: number,
  isDone: () => boolean = () => false,
): boolean {
  for (let at = 0; at < ms && checker.violations.length === 0; at += CHECK_EVERY_MS) {
    world.runFor(Math.min(CHECK_EVERY_MS, ms - at))
    checker.check()
    if (isDone()) return true
  }
  return false
}

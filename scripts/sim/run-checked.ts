// A seed, once or twice: a second run that takes another course is a violation of its own.

import type { Scenario, SeedOptions, Verdict } from '../../test/sim/scenario.ts'

export function runChecked(
  scenario: Scenario,
  seed: number,
  options: SeedOptions,
  twice: boolean,
): Verdict {
  const verdict = scenario.run(seed, options)
  if (!twice) return verdict
  const { trace } = scenario.run(seed, options)
  if (trace === verdict.trace) return verdict
  const violation = `determinism: ${verdict.trace} at first, then ${trace}`
  return { ...verdict, violations: [...verdict.violations, violation] }
}

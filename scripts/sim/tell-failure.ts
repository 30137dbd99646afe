// The story of a failed seed: what was violated, the commit, the last events one per line, and the
// one command that replays it.

import { execFileSync } from 'node:child_process'
import type { Scenario, SeedOptions, Verdict } from '../../test/sim/scenario.ts'

const LAST_EVENTS = 40

export function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

export function replayCommand(scenario: Scenario, seed: number, options: SeedOptions): string {
  const { plant, schedule, byzantine } = options
  const parts = ['npm run sim --', `--scenario ${scenario.name}`, `--seed ${seed}`]
  if (byzantine !== undefined) parts.push(`--byzantine ${byzantine}`)
  if (plant) parts.push(`--plant ${plant}`)
  if (schedule) parts.push(`--schedule '${JSON.stringify(schedule)}'`)
  return parts.join(' ')
}

/** Runs the seed again, listening. */
function lastEvents(scenario: Scenario, seed: number, options: SeedOptions): string[] {
  const events: string[] = []
  const add = (line: string) => {
    events.push(line)
    if (events.length > 4 * LAST_EVENTS) events.splice(0, 2 * LAST_EVENTS)
  }
  scenario.run(seed, {
    ...options,
    onLog: ({ host, level, event, fields }, at) =>
      add(
        `${at.toFixed(1)} ${host} ${level} ${event} ${JSON.stringify(fields ?? {}).slice(0, 200)}`,
      ),
    onEvent: (event, at) => add(`${at.toFixed(1)} ${event}`),
  })
  return events.slice(-LAST_EVENTS)
}

export function tellFailure(scenario: Scenario, verdict: Verdict, options: SeedOptions): string {
  const { seed, violations } = verdict
  const lines = [
    '',
    `seed ${seed} of ${scenario.name} at commit ${commitOf()} failed:`,
    ...violations.slice(0, 5).map((violation) => `  ${violation}`),
    'the last events:',
    ...lastEvents(scenario, seed, options).map((event) => `  ${event}`),
    `replay: ${replayCommand(scenario, seed, options)}`,
  ]
  return `${lines.join('\n')}\n`
}

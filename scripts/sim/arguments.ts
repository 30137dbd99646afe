// What `npm run sim` takes on its command line, checked.

import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { ScheduledFault } from '../../runtime/sim/fault-schedule.ts'
import type { Scenario, SeedOptions } from '../../test/sim/scenario.ts'
import { SCENARIOS } from './scenarios.ts'

export interface SimArguments {
  readonly scenario: Scenario
  readonly from: number
  /** Undefined: until `minutes` are over. */
  readonly seeds: number | undefined
  readonly minutes: number | undefined
  readonly jobs: number
  readonly twice: boolean
  readonly plant: string | undefined
  readonly byzantine: number | undefined
  readonly schedule: readonly ScheduledFault[] | undefined
  readonly shrink: boolean
  readonly replay: string | undefined
  readonly json: boolean
  readonly verbose: boolean
}

const OPTIONS = {
  scenario: { type: 'string', default: 'cluster' },
  seeds: { type: 'string', default: '20' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  minutes: { type: 'string' },
  jobs: { type: 'string', default: '2' },
  twice: { type: 'boolean', default: false },
  plant: { type: 'string' },
  byzantine: { type: 'string' },
  schedule: { type: 'string' },
  shrink: { type: 'boolean', default: false },
  replay: { type: 'string' },
  json: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
} as const

function refuse(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(2)
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  return refuse(`--${name} takes a whole number from 1 up, not "${text}"`)
}

/** The text itself, or the file that it names. */
function readSchedule(text: string): ScheduledFault[] {
  const json = existsSync(text) ? readFileSync(text, 'utf8') : text
  try {
    const value: unknown = JSON.parse(json)
    if (Array.isArray(value) && value.every((one) => typeof one?.atMs === 'number' && one.fault)) {
      return value as ScheduledFault[]
    }
  } catch {}
  return refuse('--schedule takes [{"atMs":…,"fault":{"do":…}}, …], or a file that holds it')
}

export function readArguments(args: readonly string[]): SimArguments {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const scenario = SCENARIOS[values.scenario]
  if (!scenario) {
    refuse(`--scenario knows ${Object.keys(SCENARIOS).join(', ')}, not "${values.scenario}"`)
  }
  const { plant, schedule } = values
  if (plant !== undefined && !scenario.plants.includes(plant)) {
    refuse(`--plant of ${scenario.name} knows ${scenario.plants.join(', ')}, not "${plant}"`)
  }
  const { byzantine } = values
  if (byzantine !== undefined && scenario.name !== 'modes') {
    refuse('--byzantine is for --scenario modes')
  }
  const minutes = values.minutes === undefined ? undefined : count('minutes', values.minutes)
  const seeds = values.seed ? 1 : count('seeds', values.seeds)
  return {
    scenario,
    from: count('from', values.seed ?? values.from),
    seeds: minutes === undefined ? seeds : undefined,
    minutes,
    jobs: values.seed ? 1 : count('jobs', values.jobs),
    twice: values.twice,
    plant,
    byzantine: byzantine === undefined ? undefined : count('byzantine', byzantine),
    schedule: schedule === undefined ? undefined : readSchedule(schedule),
    shrink: values.shrink,
    replay: values.replay,
    json: values.json,
    verbose: values.verbose,
  }
}

export function seedOptions({ plant, schedule, byzantine }: SimArguments): SeedOptions {
  return {
    ...(plant && { plant }),
    ...(schedule && { schedule }),
    ...(byzantine !== undefined && { byzantine }),
  }
}

// The options that all scenarios share. Throws an Error that says what was wrong.

import { parseArgs } from 'node:util'
import { MODES, type Mode } from './chain-mode.ts'

export interface BenchOptions {
  /** Of the sustained runs, all rounds together. */
  readonly seconds: number
  readonly validators: number
  readonly accounts: number
  /** Of the rollup, and percent of the transfers that go from one to another. */
  readonly shards: number
  readonly far: number
  /** Percent of co-signers that do not answer. */
  readonly absent: number
  readonly sums: 'cached' | 'fresh'
  /** 'checked': each signs for itself, and the sequencer checks every one; of `rollup`. */
  readonly senders: 'summed' | 'checked'
  /** So many separate clients instead of one generator; 0 for the generator. */
  readonly clients: number
  /** Of the chain. */
  readonly mode: Mode
  /** Milliseconds of a batch's window at any rate; undefined: as rate and blocks ask for. */
  readonly window: number | undefined
  /** A second, to be paid for; of scenarios that can. */
  readonly jobs: number
  /** Percent of them whose money is left to be given back. */
  readonly left: number
  /** US dollars for an hour of one core: what turns processor time into money. */
  readonly coreHourUsd: number
  /** What is killed (SIGKILL) in the middle of each round; of scenarios that can. */
  readonly kill: 'sequencer' | 'validator' | undefined
  /** Units a second; without it the bench looks for the knee. */
  readonly offered: number | undefined
  readonly against: readonly string[]
  readonly rounds: number
  /** A step counts as carried while this is not exceeded. */
  readonly p99Ms: number
  readonly json: boolean
  /** Short steps and few: to see that everything works. */
  readonly quick: boolean
}

/** Those that not every scenario has a use for. */
const OWN_OPTIONS = [
  'shards',
  'far',
  'absent',
  'sums',
  'senders',
  'clients',
  'mode',
  'window',
  'jobs',
  'left',
  'core-hour',
  'kill',
] as const
export type OwnOption = (typeof OWN_OPTIONS)[number]

/** What is read for: its name, what it has a use for, and what is so where nothing is said. */
export interface ReadFor {
  readonly name: string
  readonly defaults: Partial<BenchOptions>
  readonly uses?: readonly OwnOption[]
}

const DEFAULTS: BenchOptions = {
  seconds: 60,
  validators: 4,
  accounts: 2000,
  shards: 1,
  far: 0,
  absent: 0,
  sums: 'cached',
  senders: 'summed',
  clients: 0,
  mode: 'FAST',
  window: undefined,
  jobs: 0,
  left: 10,
  coreHourUsd: 0.05,
  kill: undefined,
  offered: undefined,
  against: [],
  rounds: 3,
  p99Ms: 1000,
  json: false,
  quick: false,
}

function whole(name: string, text: string | undefined, min: number, max: number) {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new Error(`--${name} is a whole number from ${min} to ${max}, not "${text}"`)
}

function dollars(text: string | undefined) {
  if (text === undefined) return undefined
  if (/^[0-9]+(\.[0-9]+)?$/.test(text) && Number(text) > 0) return Number(text)
  throw new Error(`--core-hour is an amount of US dollars above 0, not "${text}"`)
}

/** A figure must not look as if it were measured with what had no effect. */
function refuseUseless(
  given: Readonly<Record<string, unknown>>,
  read: BenchOptions,
  { name, uses = [] }: ReadFor,
): void {
  for (const option of OWN_OPTIONS) {
    const field = option === 'core-hour' ? 'coreHourUsd' : option
    const isPlain = given[option] === undefined || read[field] === DEFAULTS[field]
    if (isPlain || uses.includes(option)) continue
    const known = uses.length > 0 ? `has ${uses.map((one) => `--${one}`).join(', ')}` : 'has none'
    throw new Error(`--${option} has no effect on ${name}, which of such options ${known}`)
  }
  if (given.far !== undefined && read.far > 0 && read.shards === 1) {
    throw new Error('--far is of transfers to another shard: give --shards 2 or more')
  }
}

export function readBenchOptions(argv: readonly string[], of: ReadFor): BenchOptions {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: text,
      validators: text,
      accounts: text,
      shards: text,
      far: text,
      absent: text,
      sums: text,
      senders: text,
      clients: text,
      mode: text,
      window: text,
      jobs: text,
      left: text,
      'core-hour': text,
      kill: text,
      offered: text,
      against: { type: 'string', multiple: true },
      rounds: text,
      'p99-ms': text,
      json: { type: 'boolean' },
      quick: { type: 'boolean' },
    },
  })
  const { sums } = values
  if (sums !== undefined && sums !== 'cached' && sums !== 'fresh') {
    throw new Error(`--sums is cached or fresh, not "${sums}"`)
  }
  const { senders } = values
  if (senders !== undefined && senders !== 'summed' && senders !== 'checked') {
    throw new Error(`--senders is summed or checked, not "${senders}"`)
  }
  if (senders === 'checked' && values.clients !== undefined) {
    throw new Error('--senders checked is of the generator; --clients sign for themselves anyway')
  }
  const { kill } = values
  if (kill !== undefined && kill !== 'sequencer' && kill !== 'validator') {
    throw new Error(`--kill is sequencer or validator, not "${kill}"`)
  }
  const mode = MODES.find((one) => one === values.mode)
  if (values.mode !== undefined && !mode) {
    throw new Error(`--mode is FAST, BALANCED or SECURE, not "${values.mode}"`)
  }
  const base = { ...DEFAULTS, ...of.defaults }
  const quick = values.quick ?? false
  const read: BenchOptions = {
    seconds: whole('seconds', values.seconds, 1, 86_400) ?? (quick ? 6 : base.seconds),
    validators: whole('validators', values.validators, 1, 21) ?? base.validators,
    accounts: whole('accounts', values.accounts, 2, 10_000_000) ?? base.accounts,
    shards: whole('shards', values.shards, 1, 64) ?? base.shards,
    far: whole('far', values.far, 0, 100) ?? base.far,
    absent: whole('absent', values.absent, 0, 100) ?? base.absent,
    sums: sums ?? base.sums,
    senders: senders ?? base.senders,
    clients: whole('clients', values.clients, 1, 10_000) ?? base.clients,
    mode: mode ?? base.mode,
    window: whole('window', values.window, 1, 10_000) ?? base.window,
    jobs: whole('jobs', values.jobs, 1, 100_000) ?? base.jobs,
    left: whole('left', values.left, 0, 100) ?? base.left,
    coreHourUsd: dollars(values['core-hour']) ?? base.coreHourUsd,
    kill: kill ?? base.kill,
    offered: whole('offered', values.offered, 1, 10_000_000) ?? base.offered,
    against: values.against?.flatMap((names) => names.split(',')) ?? base.against,
    rounds: whole('rounds', values.rounds, 1, 20) ?? (quick ? 1 : base.rounds),
    p99Ms: whole('p99-ms', values['p99-ms'], 1, 600_000) ?? base.p99Ms,
    json: values.json ?? false,
    quick,
  }
  refuseUseless(values, read, of)
  return read
}

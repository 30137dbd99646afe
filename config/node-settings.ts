// The settings of a node, as config/node.toml and the AITBC_ variables name them: one line for
// each, with its form. A value is text in the environment and typed in the file.

import { z } from 'zod'

/** AUTO begins in FAST and follows load and attendance. */
export const MODE_CHOICES = ['FAST', 'BALANCED', 'SECURE', 'AUTO'] as const
export type ModeChoice = (typeof MODE_CHOICES)[number]

const Address = z
  .string()
  .regex(
    /^(?:\[[0-9a-f:.]+\]|[\w.-]+):(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$/i,
    'an address is for example 0.0.0.0:30303',
  )

const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}
const SIZE = /^([0-9]{1,15})\s*([KMGT]?I?B)$/i

const Size = z
  .string()
  .regex(SIZE, 'a size is for example "100GB"')
  .refine((text) => Number.isSafeInteger(sizeBytes(text)), 'the size is too large')

/** Bytes of a size such as 100GB (10^9) or 100GiB (2^30). */
export function sizeBytes(text: string): number {
  const [, digits = '', unit = ''] = SIZE.exec(text) ?? []
  return Number(digits) * (BYTE_UNITS[unit.toUpperCase()] ?? Number.NaN)
}

export interface SettingRule<T> {
  readonly section: string
  readonly key: string
  readonly form: z.ZodType<T>
  /** What holds when nobody sets it, for people. */
  readonly unset: string
}

function setting<T>(name: string, unset: string, form: z.ZodType<T>): SettingRule<T> {
  const [section = '', key = ''] = name.split('.')
  return { section, key, unset, form }
}

const Count = z.number('a whole number').int('a whole number').min(1).max(Number.MAX_SAFE_INTEGER)

export const SETTINGS = {
  listenAddr: setting('network.listen_addr', "the topology's listen and ports.peer", Address),
  discoveryAddr: setting('network.discovery_addr', 'none', Address),
  mode: setting('consensus.mode', "the chain's", z.enum(MODE_CHOICES)),
  validatorCount: setting('consensus.validator_count', "the chain's", Count),
  stakeMinimum: setting('consensus.stake_minimum', "the chain's", Count),
  trustedEpoch: setting('consensus.trusted_epoch', 'none', Count.or(z.literal(0))),
  trustedHash: setting(
    'consensus.trusted_hash',
    'none',
    z.string().regex(/^0x[0-9a-f]{64}$/, 'a hash is 0x and 64 lower-case hex digits'),
  ),
  dataDir: setting('storage.data_dir', '--data, or .aitbc/<network>', z.string().min(1)),
  prune: setting('storage.prune', 'false', z.boolean('true or false')),
  pruneThreshold: setting('storage.prune_threshold', 'none', Size),
} as const satisfies Record<string, SettingRule<unknown>>

export type SettingName = keyof typeof SETTINGS
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]

export type SettingValue<Name extends SettingName> =
  (typeof SETTINGS)[Name] extends SettingRule<infer T> ? T : never

export interface Sourced<T> {
  readonly value: T
  /** The file's path, a variable's name, or an option. */
  readonly source: string
}

/** What somebody has set; the rest is as it is without. Plain data. */
export type NodeSettings = {
  readonly [Name in SettingName]?: Sourced<SettingValue<Name>>
}

export function settingPath(name: SettingName): string {
  const { section, key } = SETTINGS[name]
  return `${section}.${key}`
}

/** AITBC_ and its place in the file: consensus.mode is AITBC_CONSENSUS_MODE. */
export function settingVariable(name: SettingName): string {
  return `AITBC_${settingPath(name).replace('.', '_').toUpperCase()}`
}

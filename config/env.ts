// The AITBC_ environment variables: what each does today, and what is said about those that do
// nothing yet. .env.example lists the same names.

import { nearestName } from '../lib/nearest-name.ts'
import {
  MODE_CHOICES,
  type ModeChoice,
  type NodeSettings,
  SETTING_NAMES,
  SETTINGS,
  settingVariable,
} from './node-settings.ts'

export interface Environment {
  /** Undefined: take what the topology says. */
  readonly network: string | undefined
  readonly chainId: bigint | undefined
  readonly databaseUrl: string | undefined
  /** Of the variable: what a development chain begins in; undefined is what its genesis says. */
  readonly consensusMode: ModeChoice | undefined
  /** Of the node: by a variable, else by its configuration file. */
  readonly settings: NodeSettings
  /** Bytes of the disk that must be free for a node to be ready; undefined: the default. */
  readonly diskFreeMin: number | undefined
  /** Lines to print at start: settings that have no effect. */
  readonly notices: readonly string[]
}

export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** The variables of the published documentation, then those of the project's own tools. */
const KNOWN = [
  'AITBC_NETWORK',
  'AITBC_CHAIN_ID',
  'AITBC_DB_URL',
  'AITBC_REDIS_URL',
  'AITBC_MIN_FREE_DISK_MB',
  'AITBC_FROM_SOURCE',
  'AITBC_TEST_JOBS',
  'AITBC_RECORD',
  'AITBC_ROLLUP_SENDERS',
  'AITBC_ROLLUP_SUMS',
  'AITBC_ROLLUP_WINDOW_MS',
  // Read where keys are opened; never kept with the rest.
  'AITBC_KEY_PASSWORD',
  ...SETTING_NAMES.map(settingVariable),
]

function chainId(text: string | undefined): bigint | undefined {
  if (!text) return undefined
  if (!/^[1-9][0-9]{0,15}$/.test(text)) {
    throw new EnvironmentError(`AITBC_CHAIN_ID=${text} is not a chain id`, 'give a whole number')
  }
  return BigInt(text)
}

function databaseUrl(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (!/^postgres(?:ql)?:\/\//.test(text)) {
    throw new EnvironmentError(
      'AITBC_DB_URL does not start with postgresql://',
      'give a PostgreSQL URL, or leave it out for the embedded database',
    )
  }
  return text
}

function diskFreeMin(text: string | undefined): number | undefined {
  if (!text) return undefined
  if (!/^[0-9]{1,9}$/.test(text)) {
    throw new EnvironmentError(
      `AITBC_MIN_FREE_DISK_MB=${text.slice(0, 40)} is not a number`,
      'give a whole number of megabytes',
    )
  }
  return Number(text) * 1e6
}

/** A variable is text; numbers and truth values look like themselves. */
function typed(text: string): unknown {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

function settingsIn(env: Readonly<Record<string, string | undefined>>): NodeSettings {
  const found: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) {
    const source = settingVariable(name)
    const text = env[source]
    if (!text) continue
    const { form } = SETTINGS[name]
    const result = form.safeParse(text).success ? form.safeParse(text) : form.safeParse(typed(text))
    if (!result.success) {
      const hint =
        name === 'mode' ? `give one of ${MODE_CHOICES.join(', ')}` : 'correct it, or unset it'
      throw new EnvironmentError(`${source}=${text}: ${result.error.issues[0]?.message}`, hint)
    }
    found[name] = { value: result.data, source }
  }
  return found as NodeSettings
}

/**
 * Throws EnvironmentError for a value that cannot be meant. `file`: what a configuration file sets;
 * variables go before it.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  file: NodeSettings = {},
): Environment {
  const settings = { ...file, ...settingsIn(env) }
  const { trustedEpoch, trustedHash } = settings
  if (trustedEpoch && !trustedHash) {
    throw new EnvironmentError(
      `${trustedEpoch.source} sets consensus.trusted_epoch without consensus.trusted_hash`,
      'give the hash of the last block of that epoch too, or neither',
    )
  }
  const notices: string[] = []
  if (env.AITBC_REDIS_URL) {
    notices.push('AITBC_REDIS_URL has no effect yet: there is one coordinator')
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('AITBC_') || KNOWN.includes(name)) continue
    const near = nearestName(name, KNOWN)
    notices.push(`${name} is not a setting${near ? `; did you mean ${near}?` : ''}`)
  }
  return {
    network: env.AITBC_NETWORK || undefined,
    chainId: chainId(env.AITBC_CHAIN_ID),
    databaseUrl: databaseUrl(env.AITBC_DB_URL),
    consensusMode:
      settings.mode?.source === 'AITBC_CONSENSUS_MODE' ? settings.mode.value : undefined,
    settings,
    diskFreeMin: diskFreeMin(env.AITBC_MIN_FREE_DISK_MB),
    notices,
  }
}

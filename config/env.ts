// The AITBC_ environment variables: what each does today, and what is said about those that do
// nothing yet. .env.example lists the same names.

import { nearestName } from '../lib/nearest-name.ts'

/** The mode a development network begins in and stays in; AUTO begins in FAST and follows the load. */
export const MODE_CHOICES = ['FAST', 'BALANCED', 'SECURE', 'AUTO'] as const
export type ModeChoice = (typeof MODE_CHOICES)[number]

export interface Environment {
  /** Undefined: take what the topology says. */
  readonly network: string | undefined
  readonly chainId: bigint | undefined
  readonly databaseUrl: string | undefined
  /** Undefined: what the network's genesis says. */
  readonly consensusMode: ModeChoice | undefined
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
  'AITBC_CONSENSUS_MODE',
  'AITBC_DB_URL',
  'AITBC_REDIS_URL',
  'AITBC_FROM_SOURCE',
  'AITBC_TEST_JOBS',
  'AITBC_RECORD',
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

function consensusMode(text: string | undefined): ModeChoice | undefined {
  if (!text) return undefined
  const choice = MODE_CHOICES.find((one) => one === text)
  if (!choice) {
    throw new EnvironmentError(
      `AITBC_CONSENSUS_MODE=${text} is not a mode`,
      `give one of ${MODE_CHOICES.join(', ')}`,
    )
  }
  return choice
}

/** Throws EnvironmentError for a value that cannot be meant. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
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
    consensusMode: consensusMode(env.AITBC_CONSENSUS_MODE),
    notices,
  }
}

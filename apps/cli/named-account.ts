// The account that a command acts for, out of those that the cluster handed out.

import { nearestName } from '../../lib/nearest-name.ts'
import type { Endpoints } from '../node/endpoints.ts'
import { CliError } from './cli-error.ts'

export type Account = Endpoints['accounts'][number]

/** Throws CliError BAD_VALUE naming the nearest account. */
export function namedAccount(cluster: Endpoints, name: string): Account {
  const found = cluster.accounts.find((account) => account.name === name)
  if (found) return found
  const names = cluster.accounts.map((account) => account.name)
  const near = nearestName(name, names)
  throw new CliError(
    'BAD_VALUE',
    `there is no account "${name}"`,
    `the cluster knows ${names.join(', ')}`,
    near ? `did you mean "${near}"?` : 'see ./aitbc accounts',
  )
}

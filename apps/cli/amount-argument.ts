// An amount of money on the command line.

import { CliError } from './cli-error.ts'
import { parseAitbc } from './screen/money.ts'

/** Wei of an amount in AITBC, above zero; throws CliError BAD_VALUE. */
export function amountArgument(text: string): bigint {
  const wei = parseAitbc(text)
  if (wei !== undefined && wei > 0n) return wei
  throw new CliError(
    'BAD_VALUE',
    `"${text}" is not an amount`,
    'an amount is a decimal number above zero with at most 18 decimals',
    'give AITBC, for example 1.5',
  )
}

// Amounts of the rollup for people: units of 10^9 wei, shown in AITBC.

import { ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { formatAitbc } from './money.ts'

export function unitsText(units: bigint): string {
  return formatAitbc(units * ROLLUP_UNIT_WEI)
}

// A final claim for a method of JSON-RPC: there, not made yet, or deleted where it was asked for.

import { RpcError } from '../errors.ts'
import type { OrderedClaim, RollupAccess } from './rollup-access.ts'

/** Undefined where there is none yet. Throws RpcError PRUNED where it is too old for the node. */
export async function finalClaim(
  rollup: RollupAccess,
  shard: number,
  number: number,
): Promise<OrderedClaim | undefined> {
  const found = await rollup.claimAt(shard, number)
  if (found || number === 0) return found
  const { pruned } = await rollup.head(shard)
  if (number > pruned) return undefined
  const text = `batch ${number} is deleted here: batches are kept from ${pruned + 1} on`
  throw new RpcError('PRUNED', text)
}

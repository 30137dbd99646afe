// Asks a source for the stake checkpoints that lead from what is trusted to the rules of an epoch.

import type { Refused } from '../../protocol/light/light-refusals.ts'
import {
  type FoundPath,
  type PathQuery,
  type StoredStep,
  searchPath,
} from '../../protocol/light/search-path.ts'

/** The certified checkpoint of the last epoch that is not after `epoch`; undefined if none is. */
export type CheckpointSource = (epoch: number) => Promise<StoredStep | undefined>

export async function findPath(
  query: PathQuery & { readonly source: CheckpointSource },
): Promise<FoundPath | Refused> {
  const search = searchPath(query)
  let asked = search.next()
  while (!asked.done) asked = search.next(await query.source(asked.value))
  return asked.value
}

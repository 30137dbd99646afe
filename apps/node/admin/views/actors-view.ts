// The actors of all threads of this process: each thread sends its best rows, here they are merged.

import {
  ACTOR_SORT_DEFAULT,
  actorFilter,
  actorOrder,
} from '../../../inspector/query/actor-query.ts'
import type { ActorsView } from '../../../inspector/snapshot.ts'
import type { AdminOptions } from '../admin-options.ts'
import { markReaders } from '../metrics/read-hosts.ts'
import { Problem } from '../problem.ts'
import type { SnapshotQuery } from '../snapshot-query.ts'

/** Actors of threads that do not answer are left out: the cluster view says which those are. */
export async function readActors(options: AdminOptions, query: SnapshotQuery): Promise<ActorsView> {
  const sort = query.sort || ACTOR_SORT_DEFAULT
  const order = actorOrder(sort)
  if (!order) throw new Problem('BAD_REQUEST', `sort: there is no column ${sort.slice(0, 40)}`)
  const wanted = actorFilter(query.filter)
  if (!wanted.ok) throw new Problem('BAD_REQUEST', `filter: ${wanted.problem}`)
  markReaders(options)
  const { filter, limit, also } = query
  const answers = await Promise.allSettled(
    options.threads().map(({ agent }) => agent.actors({ sort, filter, limit, also })),
  )
  const found = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const sum = (of: (one: (typeof found)[number]) => number) =>
    found.reduce((total, one) => total + of(one), 0)
  const rows = found.flatMap((one) => one.actors).sort(order)
  const best = rows.slice(0, limit)
  const extra = rows.find((row) => row.id === also)
  return {
    actors: extra && !best.includes(extra) ? [...best, extra] : best,
    matched: sum((one) => one.matched),
    total: sum((one) => one.total),
    gone: found.flatMap((one) => one.gone).sort((a, b) => a.at - b.at),
  }
}

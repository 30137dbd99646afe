// A bug on purpose, to see that the checkers see: shards of the new number take the parcels that
// were consumed before the change for ones that wait still.

import { Arrivals } from '../../../actors/shard/arrivals.ts'

export const RESHARD_PLANTS = ['consume-again'] as const
export type ReshardPlant = (typeof RESHARD_PLANTS)[number]

interface Inside {
  readonly props: { readonly node: string; readonly shard: number; readonly numbers?: unknown }
  readonly queues: readonly Parameters<Arrivals['start']>[0][number][][]
}

/** Runs with the bug; the shards are as they were afterwards. */
export function withPlanted<T>(plant: ReshardPlant | undefined, run: () => T): T {
  const { start, becameFinal } = Arrivals.prototype
  // By node and shard, under whatever number of shards.
  const consumed = new Map<string, Parameters<typeof start>[0]>()
  const keyOf = ({ node, shard }: Inside['props']) => `${node} ${shard}`
  if (plant === 'consume-again') {
    Arrivals.prototype.becameFinal = function (this: Arrivals, parcels) {
      const { props, queues } = this as unknown as Inside
      for (const { shard, number } of parcels) {
        const found = queues[shard]?.find((one) => one.number === number)
        const before = consumed.get(keyOf(props)) ?? []
        if (found) consumed.set(keyOf(props), [...before, { ...found, from: 0 }])
      }
      becameFinal.call(this, parcels)
    }
    Arrivals.prototype.start = function (this: Arrivals, waiting, sent) {
      const { props } = this as unknown as Inside
      const again = props.numbers ? (consumed.get(keyOf(props)) ?? []) : []
      start.call(this, [...again, ...waiting], sent)
    }
  }
  try {
    return run()
  } finally {
    Object.assign(Arrivals.prototype, { start, becameFinal })
  }
}

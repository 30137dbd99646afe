// What is different in a simulated network of which a shard freezes: senders leave the rollup now
// and then, some locks are filled for long, and the accounts' owner is there.

import { EXIT_INDEX } from '../../../protocol/params.ts'
import type { Host } from '../../../runtime/host.ts'
import { EMPTY_BLOCK_MS } from './frozen-course.ts'
import { Leaver, type Wishes } from './leaver.ts'
import type { MarketLog } from './market-group.ts'
import type { ShardsChain } from './shards-chain.ts'

/** So often among those whom senders pay. */
const EXITS = 4

/** The last shard freezes. */
export function frozenSetting({ rollup, accounts }: ShardsChain, market: MarketLog) {
  const shard = rollup.shards - 1
  const account = accounts[shard]?.[0] as number
  const wishes: Wishes = { shard, wanted: [], height: 0, number: 0 }
  const sequencing: { without: number | undefined } = { without: undefined }
  market.leavesSome = true
  return {
    wishes,
    sequencing,
    options: {
      sequencing,
      receivers: new Array<number>(EXITS).fill(EXIT_INDEX),
      emptyBlockMs: EMPTY_BLOCK_MS,
    },
    spawn(host: Host): void {
      host.spawn(Leaver, 'leaver', { wishes, account })
    },
  }
}

// rollup_getHead: how far a shard is, and who takes its transfers.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { checkShard, shardParam } from '../../rollup/rollup-params.ts'

export const getHead = method('rollup_getHead', [shardParam], async ({ rollup }, shard) => {
  checkShard(shard, rollup.shards)
  const [head, status] = await Promise.all([rollup.head(shard), rollup.status(shard)])
  return {
    shard: quantity(shard),
    shards: quantity(rollup.shards),
    batch: quantity(head.number),
    claim: head.hash,
    blockNumber: quantity(head.height),
    timestampMs: head.timestampMs,
    entries: quantity(head.entries),
    supply: quantity(head.supply),
    accounts: quantity(head.accounts),
    inboxTo: quantity(head.inboxTo),
    inbox: quantity(head.inbox),
    executed: quantity(head.tip),
    rootBatch: quantity(head.rootNumber),
    stateRoot: head.stateRoot,
    ready: head.ready,
    keysLeft: quantity(head.keysLeft),
    frozen: head.frozen,
    pruned: quantity(head.pruned),
    missed:
      head.missedTo === 0 ? null : { from: quantity(head.missedFrom), to: quantity(head.missedTo) },
    sequencer: status.sequencer || null,
    fee: quantity(status.fee),
  }
})

// The claims of a final block: of all shards for what they send each other, and the own ones.

import type { Claim } from '../../protocol/rollup/claim.ts'
import type { Body } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import { readClaim } from './held-batch.ts'
import type { OrderedClaim } from './line-keeper.ts'

type Ordered = Body<(typeof ShardMessages)['verbs'], 'Ordered'>

/** `each` is told of every one of them. */
export function ownClaims(
  { claims, height, blockHash, timestampMs }: Ordered,
  shard: number,
  each: (claim: Claim) => void,
): OrderedClaim[] {
  const own: OrderedClaim[] = []
  for (const encoded of claims) {
    const read = readClaim(encoded)
    if (!read) continue
    each(read.claim)
    if (read.claim.shard !== shard) continue
    const { number, sequencer } = read.claim
    own.push({ number, sequencer, hash: read.hash, height, blockHash, timestampMs })
  }
  return own
}

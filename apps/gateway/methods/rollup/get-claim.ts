// rollup_getClaim: the final claim of a batch, RLP and decoded, and the block that ordered it.

import { bytesToHex } from '../../../../lib/hex.ts'
import { decodeClaim } from '../../../../protocol/rollup/claim.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'
import { quantity } from '../../quantity.ts'
import { finalClaim } from '../../rollup/final-claim.ts'
import { checkShard, shardParam } from '../../rollup/rollup-params.ts'

export const getClaim = method(
  'rollup_getClaim',
  [count, shardParam],
  async ({ rollup }, number, shard) => {
    checkShard(shard, rollup.shards)
    const found = await finalClaim(rollup, shard, number)
    if (!found) return null
    const claim = decodeClaim(found.claim)
    return {
      shard: quantity(shard),
      number: quantity(number),
      hash: found.hash,
      parent: claim.parent,
      sequencer: quantity(claim.sequencer),
      transfers: quantity(claim.transfers),
      firstEntry: quantity(claim.firstEntry),
      entries: quantity(claim.entries),
      fee: quantity(claim.fee),
      txRoot: claim.txRoot,
      supply: quantity(claim.supply),
      stateRoot: claim.stateRoot ?? null,
      bodyHash: claim.bodyHash,
      bodyBytes: quantity(claim.bodyBytes),
      blockNumber: quantity(found.height),
      blockHash: found.blockHash,
      timestampMs: found.timestampMs,
      raw: bytesToHex(found.claim),
    }
  },
)

// The block that execution gives; every field of its header is determined by the arguments, so
// that proposer and validators cannot disagree about one.

import { bytesToHex } from '../../lib/hex.ts'
import { type Block, makeBlock } from '../block/block.ts'
import { packExtraData } from '../block/extra-data.ts'
import { FIXED_FIELDS } from '../block/fixed-fields.ts'
import type { Header } from '../block/header.ts'
import { orderedRoot } from '../block/ordered-trie.ts'
import { sidecarRoot } from '../block/sidecar.ts'
import { stateRoot } from '../state/state-tree.ts'
import type { Executed } from './execute-block.ts'
import type { ExecutionEnv } from './execution-env.ts'
import type { Decided, Parent } from './plan-block.ts'

export function sealBlock(
  parent: Parent,
  decided: Decided,
  env: ExecutionEnv,
  executed: Executed,
): Block {
  const { mode, epoch, view, timestampMs, sidecar } = decided
  const raws = executed.included.map(({ transaction }) => transaction.raw)
  const header: Header = {
    ...FIXED_FIELDS,
    parentHash: parent.hash,
    coinbase: env.coinbase,
    stateRoot: stateRoot(executed.tree),
    transactionsRoot: orderedRoot(raws),
    receiptsRoot: orderedRoot(executed.receipts),
    logsBloom: bytesToHex(executed.bloom),
    height: env.height,
    gasLimit: env.gasLimit,
    gasUsed: executed.gasUsed,
    timestamp: env.timestamp,
    extraData: packExtraData({ mode, epoch, view, ms: timestampMs % 1000 }),
    mixHash: executed.mixHash,
    baseFeePerGas: env.baseFee,
    parentBeaconBlockRoot: sidecarRoot(sidecar),
  }
  return makeBlock(header, raws, sidecar)
}

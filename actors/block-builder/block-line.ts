// The one line of the log for every final block.

import type { Block } from '../../protocol/block/block.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import { decodeSidecar } from '../../protocol/block/sidecar.ts'
import { MODE_NAMES } from '../../protocol/consensus/validator-set.ts'
import { RlpError } from '../../protocol/rlp/rlp.ts'

/** A block that is final was checked; one that tests made final by hand may hold anything. */
function readSidecar(bytes: Uint8Array): { proposer?: number; parentView?: number } {
  try {
    return decodeSidecar(bytes)
  } catch (error) {
    if (error instanceof RlpError) return {}
    throw error
  }
}

/** `views`: how many it took since the block before; `finalMs`: from its time to its finality here. */
export function blockLine({ hash, header, transactions, sidecar }: Block, finalAtMs: number) {
  const extra = unpackExtraData(header.extraData)
  const { proposer, parentView = 0 } = readSidecar(sidecar)
  const mode = MODE_NAMES.find((_, number) => number === extra?.mode)
  return {
    height: header.height,
    hash,
    txs: transactions.length,
    gas: header.gasUsed,
    mode,
    epoch: extra?.epoch,
    leader: proposer,
    views: (extra?.view ?? 0) - parentView,
    finalMs: Math.max(0, finalAtMs - headerTimeMs(header)),
  }
}

// Rows for the stake checkpoints that final blocks bring: what was signed is in no block, but in
// the state that the block stands on, and that state is gone when a light client asks.

import { u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { decodeSidecar } from '../../protocol/block/sidecar.ts'
import { encodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import { encodeValidatorSet, type ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import { openCheckpoint } from '../../protocol/epoch/checkpoint-storage.ts'
import {
  currentRules,
  epochWords,
  loadAnnouncement,
  previousRules,
} from '../../protocol/epoch/epoch-storage.ts'
import type { StateTree } from '../../protocol/state/state-tree.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import { CHAIN_TABLES, encodeCheckpointRow } from '../../protocol/state/tables.ts'
import type { Put } from '../../runtime/store.ts'
import type { Tip } from './speculation.ts'

function setRow(hash: Hex, set: ValidatorSet): Put {
  return { table: CHAIN_TABLES.sets, key: hexToBytes(hash), value: encodeValidatorSet(set) }
}

/** `parent` is the state that `block` stands on: its own may be in the next epoch already. */
function rowsOf(parent: StateTree, { header, sidecar }: Block): Put[] {
  const { checkpoint: certificate } = decodeSidecar(sidecar)
  if (certificate.length === 0) return []
  const words = epochWords(treeView(parent))
  const rules = currentRules(words)
  const signing = previousRules(words)
  const isFirst = header.height === rules.startHeight
  const open = isFirst
    ? openCheckpoint(words, rules, header.parentHash)
    : openCheckpoint(words, rules)
  if (!open || !signing) return []
  const announced = loadAnnouncement(words)
  const { setHash: signers } = signing
  const value = encodeCheckpointRow({ checkpoint: encodeCheckpoint(open), certificate, signers })
  return [
    { table: CHAIN_TABLES.checkpoints, key: u64(open.epoch), value },
    setRow(signers, signing.set),
    setRow(rules.setHash, rules.set),
    setRow(announced.setHash, announced.set),
  ]
}

/** Of a path of blocks on the last final one. */
export function checkpointRows(final: Tip, path: readonly Tip[]): Put[] {
  return path.flatMap(({ block }, i) => rowsOf((path[i - 1] ?? final).tree, block))
}

// What the groups are told of their transfers: to be co-signed, final, or not to be executed.

import { treeDepth } from '../../protocol/rollup/transfer-tree.ts'
import type { Body } from '../../runtime/messages.ts'
import {
  type RollupSequencerMessages,
  TRANSFER_REFUSALS,
  type TransferRefusal,
} from '../messages/rollup-sequencer.ts'
import { columnBytes } from './columns.ts'
import type { Groups } from './groups.ts'
import type { OpenBatch, Run } from './open-batch.ts'
import type { SealedBatch } from './sealed-batches.ts'
import type { Assembled } from './shard-desk.ts'

export type Final = Body<(typeof RollupSequencerMessages)['verbs'], 'Final'>
type Runs = ReadonlyMap<number, readonly Run[]>

const NO_NEWS = { root: undefined, final: undefined, dropped: undefined }

/** Positions whose paths prove the runs of these groups, in their order. */
export function endsOf(runs: Runs, groups: readonly number[]): Uint32Array {
  const ends: number[] = []
  for (const group of groups) {
    for (const { first, count } of runs.get(group) ?? []) {
      ends.push(first)
      if (count > 1) ends.push(first + count - 1)
    }
  }
  return Uint32Array.from(ends)
}

/** `paths` are those of `endsOf`. */
export function tellRoot(
  groups: Groups,
  shard: number,
  assembled: Assembled & { readonly withinMs: number },
  runs: Runs,
  asked: readonly number[],
  paths: Uint8Array,
): void {
  const { number, parent, transfers, fee, txRoot, digest, withinMs } = assembled
  const pathBytes = treeDepth(transfers) * 32
  const facts = { shard, parent, transfers, fee, txRoot, digest, withinMs }
  let at = 0
  for (const group of asked) {
    const own = runs.get(group) ?? []
    const bytes = own.reduce((sum, { count }) => sum + (count > 1 ? 2 : 1), 0) * pathBytes
    const flat = own.flatMap((run) => [run.submission, run.offset, run.first, run.count])
    const root = {
      ...facts,
      runs: columnBytes(Uint32Array.from(flat)),
      proofs: paths.subarray(at, at + bytes),
    }
    at += bytes
    groups.push(group, { ...NO_NEWS, kind: 'root', number, root })
  }
}

export function tellFinal(groups: Groups, one: SealedBatch, news: Final): void {
  const { height, blockHash, timestampMs } = news
  const final = { claim: one.hash, txRoot: one.txRoot, height, blockHash, timestampMs }
  const { number, batch } = one
  for (const group of new Set(batch.taken.submissions.map((from) => from.group))) {
    groups.push(group, { ...NO_NEWS, kind: 'final', number, final })
  }
}

/** Tells the groups that the transfers at these positions will not be executed. */
export function tellDropped(
  groups: Groups,
  batch: OpenBatch,
  positions: ArrayLike<number>,
  why: (i: number) => TransferRefusal,
): void {
  const byGroup = new Map<number, number[]>()
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number
    const { group, number } = batch.submissionAt(position)
    const list = byGroup.get(group) ?? []
    byGroup.set(group, list)
    list.push(number, batch.offsetAt(position), TRANSFER_REFUSALS.indexOf(why(i)))
  }
  for (const [group, list] of byGroup) {
    const dropped = { transfers: columnBytes(Uint32Array.from(list)) }
    groups.push(group, { ...NO_NEWS, kind: 'dropped', number: 0, dropped })
  }
}

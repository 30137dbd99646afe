// Co-signatures of the open draft by senders who each gave their own: which do not hold, and the
// aggregate of the others, with which the sequencer goes on as with a group's.

import { SIGNATURE_BYTES } from '../../protocol/rollup/body-layout.ts'
import { transferSenders } from '../../protocol/rollup/transfer-columns.ts'
import type { Body, Reply } from '../../runtime/messages.ts'
import type { ShardMessages } from '../messages/shard.ts'
import type { Draft } from './draft.ts'
import type { Executor } from './executor.ts'
import type { ShardProps } from './shard-props.ts'

type Verbs = (typeof ShardMessages)['verbs']
type Checked = Reply<Verbs, 'Cosigners'>

const NONE = new Uint8Array(0)
const nothing = (code: string): Checked => ({ code, bad: NONE, signature: NONE })

/** Undefined when a run is not in the batch. */
function positionsOf(runs: Uint8Array, transfers: number): number[] | undefined {
  const words = new Uint32Array(Uint8Array.from(runs).buffer, 0, Math.floor(runs.length / 4))
  const positions: number[] = []
  for (let i = 0; i + 1 < words.length; i += 2) {
    const [first, count] = [words[i] as number, words[i + 1] as number]
    if (first + count > transfers || positions.length + count > transfers) return undefined
    for (let k = first; k < first + count; k++) positions.push(k)
  }
  return positions
}

export function checkCosigners(
  { number, runs, signatures }: Body<Verbs, 'Cosigners'>,
  draft: Draft | undefined,
  { keys, ordinary }: Pick<Executor, 'keys' | 'ordinary'>,
  { bls }: ShardProps['ports'],
  done: (checked: Checked) => void,
): void {
  if (draft?.number !== number) {
    done(nothing('STALE'))
    return
  }
  const positions = positionsOf(runs, draft.body.transfers)
  if (!positions || positions.length * SIGNATURE_BYTES !== signatures.length) {
    done(nothing('UNDECODABLE'))
    return
  }
  const from = transferSenders(draft.body)
  const columns = {
    keys: new Uint8Array(signatures.length),
    digest: draft.digest,
    signatures: Uint8Array.from(signatures),
  }
  for (const [i, position] of positions.entries()) {
    // Where there is none zeros are left, under which nothing holds.
    const key = keys.cosignKey(from[position] as number)
    if (key) columns.keys.set(key, i * SIGNATURE_BYTES)
  }
  ordinary.cosigners(columns, (found) => {
    if (!found) {
      done(nothing('UNCHECKED'))
      return
    }
    const bad = Uint32Array.from(found.bad, (i) => positions[i] as number)
    const signature = found.sums.length > 0 ? bls.aggregate([...found.sums]) : NONE
    done({ code: '', bad: new Uint8Array(bad.buffer), signature })
  })
}

// What sequencers and shards say, as frames of the rollup's socket.

import { bytesToHex } from '../../../lib/hex.ts'
import type { FinalFrame, ServerFrame } from '../../../sdk/rollup/wire/server-frames.ts'
import type {
  GroupEvent,
  OrderedClaim,
  SequencerStatus,
  ShardHead,
  SubmitReply,
} from './rollup-access.ts'

const NO_HASH = bytesToHex(new Uint8Array(32))
const NOTHING = new Uint8Array(0)

/** Bytes of a message lie anywhere; words do not. */
function words(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 4))
}

export function verdictFrame(shard: number, submission: number, reply: SubmitReply): ServerFrame {
  const { code, retryAfterMs, accepted, refused, refusedCodes: refusals } = reply
  const verdict = { code, retryAfterMs, accepted, refused: words(refused), refusals }
  return { kind: 'verdict', shard, submission, ...verdict }
}

export function refusedFrame(
  shard: number,
  submission: number,
  code: string,
  retryAfterMs: number,
): ServerFrame {
  const none = { accepted: 0, refused: new Uint32Array(0), refusals: NOTHING }
  return { kind: 'verdict', shard, submission, code, retryAfterMs, ...none }
}

/** Undefined for an event that lacks what its kind needs. */
export function eventFrame(shard: number, event: GroupEvent): ServerFrame | undefined {
  const { kind, number, root, final, dropped } = event
  if (kind === 'root' && root) {
    const { parent, transfers, fee, txRoot, withinMs, runs, proofs } = root
    const terms = { parent, transfers, fee, txRoot, withinMs }
    return { kind, shard, number, ...terms, runs: words(runs), proofs }
  }
  if (kind === 'final' && final) return { kind, shard, number, ...final } satisfies FinalFrame
  if (kind === 'dropped' && dropped) {
    return { kind, shard, number, transfers: words(dropped.transfers) }
  }
  return undefined
}

export function headFrame(head: ShardHead, status: SequencerStatus): ServerFrame {
  const { shard, number, hash, height, timestampMs, entries, accounts, supply } = head
  const { sequencer, fee } = status
  const last = { number, hash, height, timestampMs }
  return { kind: 'head', shard, ...last, entries, accounts, supply, sequencer, fee }
}

export function claimFrame(shard: number, number: number, found?: OrderedClaim): ServerFrame {
  if (!found) {
    const none = { height: 0, blockHash: NO_HASH, timestampMs: 0, claim: NOTHING, body: NOTHING }
    return { kind: 'claim', shard, number: 0, ...none }
  }
  const { claim, body, height, blockHash, timestampMs } = found
  return { kind: 'claim', shard, number, height, blockHash, timestampMs, claim, body }
}

// What the gateway sends over the rollup's socket: docs/spec/rollup-socket.md.

import type { Hex } from '../../../lib/hex.ts'
import { frameHead, readFrameHead } from './client-frames.ts'
import { FrameError, FrameReader, type FrameWriter } from './frame-bytes.ts'
import { type OperatedFrame, readOperated, writeOperated } from './operated-frame.ts'

/** First of all. */
export interface HelloFrame {
  readonly kind: 'hello'
  readonly genesisHash: Hex
  readonly shards: number
}

export interface HeadFrame {
  readonly kind: 'head'
  readonly shard: number
  /** The last final claim, and the block that ordered it. */
  readonly number: number
  readonly hash: Hex
  readonly height: number
  readonly timestampMs: number
  readonly entries: number
  readonly accounts: number
  /** Units. */
  readonly supply: bigint
  /** The node that takes transfers now; empty when unknown. */
  readonly sequencer: string
  /** Units for each transfer that it takes now. */
  readonly fee: number
}

/** What became of a submission. */
export interface VerdictFrame {
  readonly kind: 'verdict'
  readonly shard: number
  readonly submission: number
  /** Empty, or why all of it was refused. */
  readonly code: string
  /** After so long it may be taken; 0 when time does not help. */
  readonly retryAfterMs: number
  readonly accepted: number
  /** Positions in the submission, and for each its index in TRANSFER_REFUSALS. */
  readonly refused: Uint32Array
  readonly refusals: Uint8Array
}

/** A batch to be checked and co-signed; actors/messages/rollup-sequencer.ts says what is in it. */
export interface RootFrame {
  readonly kind: 'root'
  readonly shard: number
  readonly number: number
  readonly parent: Hex
  readonly transfers: number
  readonly fee: number
  readonly txRoot: Hex
  readonly withinMs: number
  /** Quadruples [submission, offset, first, count]. */
  readonly runs: Uint32Array
  /** For each run the path of its first position and, where count > 1, of its last. */
  readonly proofs: Uint8Array
}

export interface FinalFrame {
  readonly kind: 'final'
  readonly shard: number
  readonly number: number
  readonly claim: Hex
  readonly txRoot: Hex
  readonly height: number
  readonly blockHash: Hex
  readonly timestampMs: number
}

/** Transfers that will not be executed: triples [submission, offset, refusal]. */
export interface DroppedFrame {
  readonly kind: 'dropped'
  readonly shard: number
  readonly number: number
  readonly transfers: Uint32Array
}

/**
 * The sequencer went away, or events were lost: what was submitted up to `submission` and is
 * neither final nor dropped may still be executed. `rollup_getTransfer` tells.
 */
export interface LostFrame {
  readonly kind: 'lost'
  readonly shard: number
  readonly submission: number
}

/** A final claim with its body; number 0 and nothing else when there is none. */
export interface ClaimFrame {
  readonly kind: 'claim'
  readonly shard: number
  readonly number: number
  readonly height: number
  readonly blockHash: Hex
  readonly timestampMs: number
  readonly claim: Uint8Array
  readonly body: Uint8Array
}

/** A frame of the client could not be used; nothing came of it. */
export interface ErrorFrame {
  readonly kind: 'error'
  readonly shard: number
  readonly code: string
  readonly detail: string
}

export type ServerFrame =
  | HelloFrame
  | HeadFrame
  | VerdictFrame
  | RootFrame
  | FinalFrame
  | DroppedFrame
  | LostFrame
  | ClaimFrame
  | OperatedFrame
  | ErrorFrame

const HELLO = 128
const HEAD = 129
const VERDICT = 130
const ROOT = 131
const FINAL = 132
const DROPPED = 133
const LOST = 134
const CLAIM = 135
const ERROR = 136
const OPERATED = 137

function writerOf(frame: ServerFrame): FrameWriter {
  switch (frame.kind) {
    case 'hello':
      return frameHead(HELLO, 0).hash(frame.genesisHash).u32(frame.shards)
    case 'head':
      return frameHead(HEAD, frame.shard)
        .u64(frame.number)
        .hash(frame.hash)
        .u64(frame.height)
        .u64(frame.timestampMs)
        .u64(frame.entries)
        .u64(frame.accounts)
        .big(frame.supply)
        .text(frame.sequencer)
        .u32(frame.fee)
    case 'verdict':
      return frameHead(VERDICT, frame.shard)
        .u32(frame.submission)
        .text(frame.code)
        .u32(frame.retryAfterMs, frame.accepted)
        .words(frame.refused)
        .bytes(frame.refusals)
    case 'root':
      return frameHead(ROOT, frame.shard)
        .u64(frame.number)
        .hash(frame.parent)
        .u32(frame.transfers, frame.fee)
        .hash(frame.txRoot)
        .u32(frame.withinMs)
        .words(frame.runs)
        .bytes(frame.proofs)
    case 'final':
      return frameHead(FINAL, frame.shard)
        .u64(frame.number)
        .hash(frame.claim)
        .hash(frame.txRoot)
        .u64(frame.height)
        .hash(frame.blockHash)
        .u64(frame.timestampMs)
    case 'dropped':
      return frameHead(DROPPED, frame.shard).u64(frame.number).words(frame.transfers)
    case 'lost':
      return frameHead(LOST, frame.shard).u32(frame.submission)
    case 'claim':
      return frameHead(CLAIM, frame.shard)
        .u64(frame.number)
        .u64(frame.height)
        .hash(frame.blockHash)
        .u64(frame.timestampMs)
        .bytes(frame.claim)
        .bytes(frame.body)
    case 'operated':
      return writeOperated(frameHead(OPERATED, frame.shard), frame)
    case 'error':
      return frameHead(ERROR, frame.shard).text(frame.code).text(frame.detail)
  }
}

export function encodeServerFrame(frame: ServerFrame): Uint8Array {
  return writerOf(frame).end()
}

type Read = (r: FrameReader, shard: number) => ServerFrame

// Fields are read in the order in which they are written here.
const READERS: Readonly<Record<number, Read>> = {
  [HELLO]: (r) => ({ kind: 'hello', genesisHash: r.hash(), shards: r.u32() }),
  [HEAD]: (r, shard) => ({
    kind: 'head',
    shard,
    number: r.u64(),
    hash: r.hash(),
    height: r.u64(),
    timestampMs: r.u64(),
    entries: r.u64(),
    accounts: r.u64(),
    supply: r.big(),
    sequencer: r.text(),
    fee: r.u32(),
  }),
  [VERDICT]: (r, shard) => ({
    kind: 'verdict',
    shard,
    submission: r.u32(),
    code: r.text(),
    retryAfterMs: r.u32(),
    accepted: r.u32(),
    refused: r.words(),
    refusals: r.bytes(),
  }),
  [ROOT]: (r, shard) => ({
    kind: 'root',
    shard,
    number: r.u64(),
    parent: r.hash(),
    transfers: r.u32(),
    fee: r.u32(),
    txRoot: r.hash(),
    withinMs: r.u32(),
    runs: r.words(),
    proofs: r.bytes(),
  }),
  [FINAL]: (r, shard) => ({
    kind: 'final',
    shard,
    number: r.u64(),
    claim: r.hash(),
    txRoot: r.hash(),
    height: r.u64(),
    blockHash: r.hash(),
    timestampMs: r.u64(),
  }),
  [DROPPED]: (r, shard) => ({ kind: 'dropped', shard, number: r.u64(), transfers: r.words() }),
  [LOST]: (r, shard) => ({ kind: 'lost', shard, submission: r.u32() }),
  [CLAIM]: (r, shard) => ({
    kind: 'claim',
    shard,
    number: r.u64(),
    height: r.u64(),
    blockHash: r.hash(),
    timestampMs: r.u64(),
    claim: r.bytes(),
    body: r.bytes(),
  }),
  [OPERATED]: readOperated,
  [ERROR]: (r, shard) => ({ kind: 'error', shard, code: r.text(), detail: r.text() }),
}

/** Throws FrameError. The parts are views of the bytes. */
export function decodeServerFrame(bytes: Uint8Array): ServerFrame {
  const reader = new FrameReader(bytes)
  const { kind, shard } = readFrameHead(reader)
  const read = READERS[kind]
  if (!read) throw new FrameError(`no frame has kind ${kind}`)
  const frame = read(reader, shard)
  reader.end()
  return frame
}

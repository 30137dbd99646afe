// What clients send over the rollup's socket: docs/spec/rollup-socket.md.

import type { Hex } from '../../../lib/hex.ts'
import {
  BATCH_BYTES_MAX,
  BATCH_TRANSFERS_MAX,
  OPERATIONS_MAX,
  SHARDS_MAX,
} from '../../../protocol/params.ts'
import {
  type Absent,
  SIGNATURE_BYTES,
  SPEND_SIGNATURE_BYTES,
} from '../../../protocol/rollup/body-layout.ts'
import { SENT_OPERATION_BYTES } from '../../../protocol/rollup/sent-operation.ts'
import { FrameError, FrameReader, FrameWriter } from './frame-bytes.ts'

export interface SubmitFrame {
  readonly kind: 'submit'
  readonly shard: number
  /** The client's own number, rising. */
  readonly submission: number
  /** A draft: a body with number 0 and signature zero. */
  readonly body: Uint8Array
}

/** Operations on locks; answered by an operated when all of them are decided. */
export interface OperateFrame {
  readonly kind: 'operate'
  readonly shard: number
  /** The client's own number. */
  readonly submission: number
  /** SENT_OPERATION_BYTES each. */
  readonly operations: Uint8Array
}

export interface CosignFrame {
  readonly kind: 'cosign'
  readonly shard: number
  readonly number: number
  readonly txRoot: Hex
  /**
   * 96 bytes; empty when all are absent; or 96 for each sender that is not, in the order of their
   * positions, where they do not trust whoever has the connection.
   */
  readonly signature: Uint8Array
  /**
   * Positions in the batch; the other columns are empty when the ordinary signatures were given
   * with the submission.
   */
  readonly absent: Absent
}

export type ClientFrame =
  | SubmitFrame
  | OperateFrame
  | CosignFrame
  /** Answered by a head. */
  | { readonly kind: 'ask-head'; readonly shard: number }
  /** Answered by a claim. */
  | { readonly kind: 'ask-claim'; readonly shard: number; readonly number: number }

export const WIRE_VERSION = 1
const SUBMIT = 1
const COSIGN = 2
const ASK_HEAD = 3
const ASK_CLAIM = 4
const OPERATE = 5

/** More than any frame of a client needs besides its lists. */
const FRAME_HEAD_BYTES = 1024
/** Of each sender: what he signs now, or that he is absent and what he signed before. */
const COSIGN_BYTES_MAX =
  BATCH_TRANSFERS_MAX * Math.max(SIGNATURE_BYTES, 3 * 4 + SPEND_SIGNATURE_BYTES)
export const CLIENT_FRAME_BYTES_MAX = FRAME_HEAD_BYTES + Math.max(BATCH_BYTES_MAX, COSIGN_BYTES_MAX)

export function frameHead(kind: number, shard: number): FrameWriter {
  return new FrameWriter().u32(kind + WIRE_VERSION * 2 ** 8 + shard * 2 ** 16)
}

/** Throws FrameError for another version or no such shard. */
export function readFrameHead(reader: FrameReader): { kind: number; shard: number } {
  const word = reader.u32()
  const [kind, version, shard] = [word & 0xff, (word >>> 8) & 0xff, word >>> 16]
  if (version !== WIRE_VERSION) throw new FrameError(`frames have version ${WIRE_VERSION}`)
  if (shard >= SHARDS_MAX) throw new FrameError('no such shard')
  return { kind, shard }
}

export function encodeClientFrame(frame: ClientFrame): Uint8Array {
  switch (frame.kind) {
    case 'submit':
      return frameHead(SUBMIT, frame.shard).u32(frame.submission).bytes(frame.body).end()
    case 'operate': {
      const { shard, submission, operations } = frame
      return frameHead(OPERATE, shard).u32(submission).bytes(operations).end()
    }
    case 'cosign': {
      const { shard, number, txRoot, signature, absent } = frame
      const writer = frameHead(COSIGN, shard).u64(number).hash(txRoot).bytes(signature)
      writer.words(absent.positions).words(absent.maxFees).words(absent.notAfters)
      return writer.bytes(absent.signatures).end()
    }
    case 'ask-head':
      return frameHead(ASK_HEAD, frame.shard).end()
    case 'ask-claim':
      return frameHead(ASK_CLAIM, frame.shard).u64(frame.number).end()
  }
}

function readOperate(reader: FrameReader, shard: number): OperateFrame {
  const submission = reader.u32()
  const operations = reader.bytes(OPERATIONS_MAX * SENT_OPERATION_BYTES)
  if (operations.length === 0 || operations.length % SENT_OPERATION_BYTES !== 0) {
    throw new FrameError(`operations have ${SENT_OPERATION_BYTES} bytes each`)
  }
  return { kind: 'operate', shard, submission, operations }
}

function readCosign(reader: FrameReader, shard: number): CosignFrame {
  const number = reader.u64()
  const txRoot = reader.hash()
  const signature = reader.bytes(BATCH_TRANSFERS_MAX * SIGNATURE_BYTES)
  if (signature.length % SIGNATURE_BYTES !== 0) {
    throw new FrameError(`a signature has ${SIGNATURE_BYTES} bytes`)
  }
  const positions = reader.words(BATCH_TRANSFERS_MAX)
  const maxFees = reader.words(BATCH_TRANSFERS_MAX)
  const notAfters = reader.words(BATCH_TRANSFERS_MAX)
  const signatures = reader.bytes(BATCH_TRANSFERS_MAX * SPEND_SIGNATURE_BYTES)
  const signed = maxFees.length
  const isWhole =
    notAfters.length === signed &&
    signatures.length === signed * SPEND_SIGNATURE_BYTES &&
    (signed === 0 || signed === positions.length)
  if (!isWhole) throw new FrameError('the columns of the absent have different lengths')
  for (let i = 1; i < positions.length; i++) {
    if ((positions[i] as number) <= (positions[i - 1] as number)) {
      throw new FrameError('the positions of the absent do not rise')
    }
  }
  const absent = { positions, maxFees, notAfters, signatures }
  return { kind: 'cosign', shard, number, txRoot, signature, absent }
}

/** Throws FrameError. The parts are views of the bytes. */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  const reader = new FrameReader(bytes)
  const { kind, shard } = readFrameHead(reader)
  const frame = readKind(reader, kind, shard)
  reader.end()
  return frame
}

function readKind(reader: FrameReader, kind: number, shard: number): ClientFrame {
  switch (kind) {
    case SUBMIT:
      return {
        kind: 'submit',
        shard,
        submission: reader.u32(),
        body: reader.bytes(BATCH_BYTES_MAX),
      }
    case OPERATE:
      return readOperate(reader, shard)
    case COSIGN:
      return readCosign(reader, shard)
    case ASK_HEAD:
      return { kind: 'ask-head', shard }
    case ASK_CLAIM:
      return { kind: 'ask-claim', shard, number: reader.u64() }
    default:
      throw new FrameError(`no frame has kind ${kind}`)
  }
}

// What became of operations on locks, as the gateway says it over the rollup's socket. Codes are
// few and operations many: the distinct codes are named once, and each operation has an index.

import { OPERATIONS_MAX } from '../../../protocol/params.ts'
import { FrameError, type FrameReader, type FrameWriter } from './frame-bytes.ts'

export interface OperationResult {
  /** Empty when a final batch contains it; PENDING when it may still come; or why it is refused. */
  readonly code: string
  /** Of the batch, and the position among its operations. */
  readonly number: number
  readonly position: number
}

export interface OperatedFrame {
  readonly kind: 'operated'
  readonly shard: number
  readonly submission: number
  /** Empty, or why nothing was taken. */
  readonly code: string
  /** After so long it may be taken; 0 when time does not help. */
  readonly retryAfterMs: number
  /** In the order of the submission; none where nothing was taken. */
  readonly results: readonly OperationResult[]
}

const CODES_MAX = 256
const U32 = 2 ** 32

export function writeOperated(writer: FrameWriter, frame: OperatedFrame): FrameWriter {
  const { submission, code, retryAfterMs, results } = frame
  const codes = [...new Set(results.map((result) => result.code))]
  const which = Uint8Array.from(results, (result) => codes.indexOf(result.code))
  const places = new Uint32Array(3 * results.length)
  for (const [i, { number, position }] of results.entries()) {
    places.set([number % U32, Math.floor(number / U32), position], 3 * i)
  }
  writer.u32(submission).text(code).u32(retryAfterMs).u32(codes.length)
  for (const one of codes) writer.text(one)
  return writer.bytes(which).words(places)
}

/** Throws FrameError. */
export function readOperated(reader: FrameReader, shard: number): OperatedFrame {
  const [submission, code, retryAfterMs] = [reader.u32(), reader.text(), reader.u32()]
  const count = reader.u32()
  if (count > CODES_MAX) throw new FrameError('too many codes')
  const codes = Array.from({ length: count }, () => reader.text())
  const which = reader.bytes(OPERATIONS_MAX)
  const places = reader.words(3 * OPERATIONS_MAX)
  if (places.length !== 3 * which.length) throw new FrameError('columns of different lengths')
  const results = Array.from(which, (index, i) => {
    const [lo, hi, position] = places.subarray(3 * i, 3 * i + 3) as unknown as number[]
    const named = codes[index]
    if (named === undefined) throw new FrameError('a result without a code')
    const number = (hi as number) * U32 + (lo as number)
    return { code: named, number, position: position as number }
  })
  return { kind: 'operated', shard, submission, code, retryAfterMs, results }
}

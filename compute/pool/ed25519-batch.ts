// Columns of ordinary signatures as one buffer, so that a batch changes threads by a transfer. The
// first word tells it from a batch of transactions, which begins with their count.

import type { SignatureColumns } from '../../protocol/rollup/verify-columns.ts'

const TAG = 0xffff_ffff
const HEAD_BYTES = 8

export function packColumns({
  keys,
  digests,
  signatures,
}: SignatureColumns): Uint8Array<ArrayBuffer> {
  const length = HEAD_BYTES + keys.length + digests.length + signatures.length
  const packed = new Uint8Array(length)
  new Uint32Array(packed.buffer, 0, 2).set([TAG, keys.length / 32])
  packed.set(keys, HEAD_BYTES)
  packed.set(digests, HEAD_BYTES + keys.length)
  packed.set(signatures, HEAD_BYTES + keys.length + digests.length)
  return packed
}

/** Views; undefined when it is a batch of something else. */
export function unpackColumns(packed: Uint8Array): SignatureColumns | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  if (packed.length < HEAD_BYTES || view.getUint32(0, true) !== TAG) return undefined
  const bytes = 32 * view.getUint32(4, true)
  const part = (from: number, to: number) => packed.subarray(HEAD_BYTES + from, HEAD_BYTES + to)
  const [keys, digests] = [part(0, bytes), part(bytes, 2 * bytes)]
  return { keys, digests, signatures: part(2 * bytes, 4 * bytes) }
}

export function packBad(bad: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.from(bad).buffer)
}

export function unpackBad(packed: Uint8Array): number[] {
  return [...new Uint32Array(Uint8Array.from(packed).buffer)]
}

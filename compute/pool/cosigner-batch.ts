// Co-signatures as one buffer, so that a batch changes threads by a transfer. The first word tells
// it from the other batches of a pool thread.

import type { CheckedCosigners, CosignerColumns } from '../crypto/check-cosigners.ts'

const TAG = 0xffff_fffe
const HEAD_BYTES = 8
const DIGEST_BYTES = 32
const EACH_BYTES = 96

export function packCosigners(columns: CosignerColumns): Uint8Array<ArrayBuffer> {
  const { keys, digest, signatures } = columns
  const packed = new Uint8Array(HEAD_BYTES + DIGEST_BYTES + keys.length + signatures.length)
  new Uint32Array(packed.buffer, 0, 2).set([TAG, keys.length / EACH_BYTES])
  packed.set(digest, HEAD_BYTES)
  packed.set(keys, HEAD_BYTES + DIGEST_BYTES)
  packed.set(signatures, HEAD_BYTES + DIGEST_BYTES + keys.length)
  return packed
}

/** Views; undefined when it is a batch of something else. */
export function unpackCosigners(packed: Uint8Array): CosignerColumns | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  if (packed.length < HEAD_BYTES || view.getUint32(0, true) !== TAG) return undefined
  const bytes = EACH_BYTES * view.getUint32(4, true)
  const rest = packed.subarray(HEAD_BYTES)
  const keys = rest.subarray(DIGEST_BYTES, DIGEST_BYTES + bytes)
  return {
    digest: rest.subarray(0, DIGEST_BYTES),
    keys,
    signatures: rest.slice(DIGEST_BYTES + bytes),
  }
}

/** How many are bad, their places, the signature. */
export function packChecked({ bad, signature }: CheckedCosigners): Uint8Array<ArrayBuffer> {
  const places = 4 * bad.length
  const packed = new Uint8Array(4 + places + signature.length)
  new Uint32Array(packed.buffer, 0, 1 + bad.length).set([bad.length, ...bad])
  packed.set(signature, 4 + places)
  return packed
}

export function unpackChecked(packed: Uint8Array): CheckedCosigners {
  const bytes = Uint8Array.from(packed)
  const [count = 0] = new Uint32Array(bytes.buffer, 0, 1)
  const bad = [...new Uint32Array(bytes.buffer, 4, count)]
  return { bad, signature: bytes.subarray(4 + 4 * count) }
}

// Operations on locks for tests, as the parts of a body: leaf, some hash, limits, no signature.

import {
  encodeOperation,
  LOCK_WORDS,
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
  type Operation,
  type Operations,
  REFUND_WORDS,
  SETTLE_WORDS,
} from '../../../protocol/rollup/operations.ts'

const SIZES = [
  [OPERATION_SETTLE, SETTLE_WORDS],
  [OPERATION_REFUND, REFUND_WORDS],
  [OPERATION_LOCK, LOCK_WORDS],
] as const

/** `sign` gets leaf and hash; locks allow any fee until their deadline. */
export function operationParts(
  list: readonly Operation[],
  sign: (operation: Operation, leaf: Uint8Array, hash: Uint8Array) => Uint8Array | undefined = () =>
    undefined,
): Operations {
  const [settles, refunds, locks] = SIZES.map(([kind, size]) => {
    const own = list.filter((one) => one.kind === kind)
    const words = new Uint32Array(own.length * size)
    for (const [i, operation] of own.entries()) {
      const part = new Uint8Array(words.buffer, 4 * i * size, 4 * size)
      const leaf = encodeOperation(operation)
      part.set(leaf)
      if (kind === OPERATION_REFUND) continue
      const hash = new Uint8Array(32).fill(0x70 + i)
      part.set(hash, 32)
      if (kind === OPERATION_LOCK) words.set([0xffff_ffff, operation.deadline], i * size + 16)
      part.set(sign(operation, leaf, hash) ?? [], 4 * size - 64)
    }
    return words
  }) as [Uint32Array, Uint32Array, Uint32Array]
  return { settles, refunds, locks }
}

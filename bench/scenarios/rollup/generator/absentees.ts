// Who will not co-sign a submission, and the ordinary signatures that travel instead: made before
// the clock starts, because whoever is absent signed when it submitted, on a machine of its own.

import type { KeyBook } from '../../../../compute/crypto/key-book.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { prng } from '../../../../lib/prng.ts'
import type { Absent } from '../../../../protocol/rollup/body-layout.ts'
import { transferDigest } from '../../../../protocol/rollup/cosign.ts'
import { NOBODY_ABSENT } from '../../../../protocol/rollup/write-body.ts'
import type { Submission } from './submission.ts'

/** Units for one transfer; a sequencer that asks for more gets no signature. */
export const MAX_FEE = 1000
/** So far in the future that no run meets it. */
const NOT_AFTER = 2 ** 31
const SIGNATURE_BYTES = 64

export interface Absentees {
  readonly absent: Absent
  /** Nonces that were signed. */
  readonly nonces: Uint32Array
}

export function everyPosition(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i)
}

/** About `percent` of them, each by chance. */
export function chooseAbsent(seed: string, count: number, percent: number): Uint32Array {
  if (percent === 0) return NOBODY_ABSENT.positions
  if (percent === 100) return everyPosition(count)
  const random = prng(seed)
  const positions: number[] = []
  for (let i = 0; i < count; i++) if (random.unit() * 100 < percent) positions.push(i)
  return Uint32Array.from(positions)
}

/** `nonceOf` an account when the submission will be executed. */
export function signAbsent(
  submission: Submission,
  positions: Uint32Array,
  nonceOf: (index: number) => number,
  book: KeyBook,
  genesisHash: Hex,
): Absentees {
  const count = positions.length
  const nonces = new Uint32Array(count)
  const signatures = new Uint8Array(count * SIGNATURE_BYTES)
  for (let i = 0; i < count; i++) {
    const position = positions[i] as number
    const from = submission.indexAt(position)
    const nonce = nonceOf(submission.first + position)
    const transfer = {
      from,
      nonce,
      to: submission.to[position] as number,
      amount: BigInt(submission.amount[position] as number),
      maxFee: MAX_FEE,
      notAfter: NOT_AFTER,
    }
    nonces[i] = nonce
    const signature = book.signTransfer(from, transferDigest(genesisHash, transfer))
    signatures.set(signature, i * SIGNATURE_BYTES)
  }
  const maxFees = new Uint32Array(count).fill(MAX_FEE)
  const notAfters = new Uint32Array(count).fill(NOT_AFTER)
  return { absent: { positions, maxFees, notAfters, signatures }, nonces }
}

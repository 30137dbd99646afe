// What a group submits: its transfers as a body without number, with their ordinary signatures.

import type { Hex } from '../../../lib/hex.ts'
import { SIGNATURE_BYTES } from '../../../protocol/rollup/body-layout.ts'
import { type Transfer, transferDigest } from '../../../protocol/rollup/cosign.ts'
import { writeBody } from '../../../protocol/rollup/write-body.ts'
import { signLight } from './rollup-chain.ts'

const NOT_AFTER = 1_000_000
const MAX_FEE = 10

/** Ordinary signatures are of all transfers or of none. */
export function submissionBody(
  { shard, genesisHash }: { readonly shard: number; readonly genesisHash: Hex },
  transfers: readonly Transfer[],
  isSigned: boolean,
): Uint8Array {
  const column = (of: (transfer: Transfer) => number) => Uint32Array.from(transfers, of)
  const given = isSigned ? transfers.length : 0
  const signatures = new Uint8Array(64 * given)
  for (let i = 0; i < given; i++) {
    const one = transfers[i] as Transfer
    const limits = { maxFee: MAX_FEE, notAfter: NOT_AFTER }
    signatures.set(signLight(one.from, transferDigest(genesisHash, { ...one, ...limits })), 64 * i)
  }
  return writeBody({
    shard,
    number: 0,
    signature: new Uint8Array(SIGNATURE_BYTES),
    sections: [
      {
        kind: 'sparse',
        from: column(({ from }) => from),
        to: column(({ to }) => to),
        amountLo: column(({ amount }) => Number(amount)),
        amountHi: column(() => 0),
      },
    ],
    absent: {
      positions: Uint32Array.from({ length: given }, (_, i) => i),
      maxFees: new Uint32Array(given).fill(MAX_FEE),
      notAfters: new Uint32Array(given).fill(NOT_AFTER),
      signatures,
    },
  })
}

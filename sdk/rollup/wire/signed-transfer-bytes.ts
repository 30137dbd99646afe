// One transfer with its ordinary signature as rollup_sendTransfer takes it: 88 bytes,
// little-endian: from u32, to u32, amount u64, maxFee u32, notAfter u32, signature. The nonce is
// the sender's next.

import { SPEND_SIGNATURE_BYTES } from '../../../protocol/rollup/body-layout.ts'
import type { SignedTransfer } from '../../../protocol/rollup/cosign.ts'
import { FrameReader, FrameWriter } from './frame-bytes.ts'

export const SIGNED_TRANSFER_BYTES = 24 + SPEND_SIGNATURE_BYTES

export type SentTransfer = Omit<SignedTransfer, 'nonce'> & { readonly signature: Uint8Array }

export function encodeSentTransfer(sent: SentTransfer): Uint8Array {
  const writer = new FrameWriter().u32(sent.from, sent.to).big(sent.amount)
  return writer.u32(sent.maxFee, sent.notAfter).fixed(sent.signature).end()
}

/** Throws FrameError for another length. */
export function decodeSentTransfer(bytes: Uint8Array): SentTransfer {
  const reader = new FrameReader(bytes)
  const [from, to] = [reader.u32(), reader.u32()]
  const amount = reader.big()
  const [maxFee, notAfter] = [reader.u32(), reader.u32()]
  const signature = reader.fixed(SPEND_SIGNATURE_BYTES)
  reader.end()
  return { from, to, amount, maxFee, notAfter, signature }
}

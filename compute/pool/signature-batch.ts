// Batches of transactions and of senders as one buffer each, so that a batch changes threads by a
// transfer instead of a copy of every object in it.

import { bytesToHex, type Hex } from '../../lib/hex.ts'

const ADDRESS_BYTES = 20

/** Count, lengths, bytes; in a buffer of its own, whatever larger buffers the parts are views of. */
export function packTransactions(transactions: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 4 + 4 * transactions.length
  for (const raw of transactions) length += raw.length
  const packed = new Uint8Array(length)
  const view = new DataView(packed.buffer)
  view.setUint32(0, transactions.length)
  let offset = 4 + 4 * transactions.length
  for (const [i, raw] of transactions.entries()) {
    view.setUint32(4 + 4 * i, raw.length)
    packed.set(raw, offset)
    offset += raw.length
  }
  return packed
}

/** Views into `packed`. */
export function unpackTransactions(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const count = view.getUint32(0)
  let offset = 4 + 4 * count
  return Array.from({ length: count }, (_, i) => {
    const end = offset + view.getUint32(4 + 4 * i)
    const raw = packed.subarray(offset, end)
    offset = end
    return raw
  })
}

/** One byte that says whether there is a sender, then its address. */
export function packSenders(senders: readonly (Uint8Array | null)[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(senders.length * (1 + ADDRESS_BYTES))
  for (const [i, sender] of senders.entries()) {
    if (!sender) continue
    const at = i * (1 + ADDRESS_BYTES)
    packed[at] = 1
    packed.set(sender, at + 1)
  }
  return packed
}

export function unpackSenders(packed: Uint8Array): (Hex | null)[] {
  const senders: (Hex | null)[] = []
  for (let at = 0; at < packed.length; at += 1 + ADDRESS_BYTES) {
    const address = packed.subarray(at + 1, at + 1 + ADDRESS_BYTES)
    senders.push(packed[at] === 1 ? bytesToHex(address) : null)
  }
  return senders
}

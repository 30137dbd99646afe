// What the far thread of the bench between threads can be told and asked: small typed messages of
// 64 bytes on the wire, larger ones of 1 KiB, lists of them, and opaque bytes.

import { bytes, type Infer, list, str, struct, u53 } from '../../../lib/schema.ts'
import { ask, messages, tell } from '../../../runtime/messages.ts'

export const BATCH = 64
export const BLOCK_BYTES = 64 * 1024

const Order = struct({
  id: u53,
  account: u53,
  price: u53,
  amount: u53,
  market: str(16),
  note: str(64),
})
export type Order = Infer<typeof Order>

const Parcel = struct({ id: u53, account: u53, content: bytes(1024) })
export type Parcel = Infer<typeof Parcel>

export const Orders = messages('orders', 1, {
  Order: tell(Order),
  Parcel: tell(Parcel),
  Batch: tell(list(Order, BATCH)),
  /** Items, packed by whoever made them and unpacked by whoever wants them. */
  Block: tell(struct({ count: u53, items: bytes(BLOCK_BYTES) })),
  /** Answered with the items that came since it was last asked. */
  Count: ask(u53, u53),
  Echo: ask(Order, Order),
})

/** 64 bytes on the wire. */
export function order(id: number): Order {
  return {
    id: 1_000_000 + id,
    account: 70_000 + (id & 1023),
    price: 2_000_000 + id,
    amount: 300_000,
    market: 'AIT-USD',
    note: 'good until the end of the day or not.',
  }
}

const content = new Uint8Array(1000).map((_, at) => at * 7)

export function parcel(id: number): Parcel {
  return { id: 1_000_000 + id, account: 70_000 + (id & 1023), content }
}

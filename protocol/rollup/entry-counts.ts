// How many entries a batch has, and which of them are what: it all follows from counts that the
// claim states. Messages, credits, transfers, two for each settle, one for each refund and each
// lock, the fee.

/** As a claim states them. */
export interface BatchCounts {
  readonly transfers: number
  readonly settles: number
  readonly refunds: number
  readonly locks: number
  /** Units for each transfer and each lock. */
  readonly fee: number
}

/** Whether somebody asked for what is in it; messages and parcels come by themselves. */
export function hasOrders({ transfers, settles, refunds, locks }: BatchCounts): boolean {
  return transfers + settles + refunds + locks > 0
}

/** Units: what the fee entry pays, if it is not zero. */
export function feesOf({ fee, transfers, locks }: BatchCounts): bigint {
  return BigInt(fee) * BigInt(transfers + locks)
}

/** Entries of the operations. */
export function operationEntries({ settles, refunds, locks }: BatchCounts): number {
  return 2 * settles + refunds + locks
}

/** Nodes under `opRoot`: leaf and hash of each operation. */
export function operationNodes({ settles, refunds, locks }: BatchCounts): number {
  return 2 * (settles + refunds + locks)
}

function feeEntries({ fee, transfers, locks }: BatchCounts): number {
  return fee > 0 && transfers + locks > 0 ? 1 : 0
}

export function entriesOf(messages: number, credits: number, counts: BatchCounts): number {
  const own = counts.transfers + operationEntries(counts) + feeEntries(counts)
  return messages + credits + own
}

/** Position of the first transfer's entry within the batch, from 0. */
export function firstTransfer(claim: BatchCounts & { readonly entries: number }): number {
  return claim.entries - claim.transfers - operationEntries(claim) - feeEntries(claim)
}

/** Which operation an entry belongs to, `at` counted from the first of the operations. */
export function operationOfEntry({ settles }: BatchCounts, at: number): number {
  return at < 2 * settles ? at >> 1 : at - settles
}

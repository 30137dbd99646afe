// The hot loop: transfers of a body on the account table. Words only: balances are two words each,
// exact over all 64 bits; nothing is allocated for a transfer, and no sum leaves 32 bits, so that
// the compiler stays with integer registers.

import type { ExecutionRefusal } from '../errors/execution-refusals.ts'
import { PAGE_BITS, REGISTERED, STALE } from './account-table.ts'
import type { BatchRun } from './batch-run.ts'
import { isOutgoing, slotIn } from './shard-place.ts'
import { KIND, LEAF_WORDS } from './trace.ts'
import type { TransferColumns } from './transfer-columns.ts'

const U32 = 2 ** 32
const U32_MAX = 0xffff_ffff
// PERF: a loop over a whole batch is compiled while it runs and thrown away at its end, every time;
// calls of this many transfers are compiled once.
const CHUNK = 256
/** What `pay` answers when it is done; otherwise the position of the code in REFUSALS. */
const PAID = -1
const REFUSALS = [
  'SENDER_UNKNOWN',
  'RECEIVER_UNKNOWN',
  'UNPAYABLE',
  'NONCES_USED_UP',
  'BALANCE_OVERFLOW',
] as const satisfies ExecutionRefusal[]

export interface Stopped {
  readonly code: ExecutionRefusal
  /** Of the transfer in the batch. */
  readonly position: number
}

/** Words 2 to 10 of the trace leaf: what is paid, and the sender's record `a` before. */
function traceSender(
  trace: Uint32Array,
  at: number,
  from: number,
  to: number,
  lo: number,
  hi: number,
  words: Uint32Array,
  a: number,
): void {
  trace[at + 2] = from
  trace[at + 3] = to
  trace[at + 4] = lo
  trace[at + 5] = hi
  trace[at + 6] = words[a] as number
  trace[at + 7] = words[a + 1] as number
  trace[at + 8] = words[a + 4] as number
  trace[at + 9] = words[a + 5] as number
  trace[at + 10] = words[a + 2] as number
}

/** Words 11 to 15: the receiver's record `b` before. */
function traceReceiver(trace: Uint32Array, at: number, words: Uint32Array, b: number): void {
  trace[at + 11] = words[b + 2] as number
  trace[at + 12] = words[b] as number
  trace[at + 13] = words[b + 1] as number
  trace[at + 14] = words[b + 4] as number
  trace[at + 15] = words[b + 5] as number
}

function writeTransferLeaf(
  leaves: Uint32Array,
  at: number,
  from: number,
  nonce: number,
  to: number,
  lo: number,
  hi: number,
): void {
  leaves[at] = from
  leaves[at + 1] = nonce
  leaves[at + 2] = to
  leaves[at + 3] = 0
  leaves[at + 4] = lo
  leaves[at + 5] = hi
  leaves[at + 6] = 0
  leaves[at + 7] = 0
}

/**
 * Moves lo, hi from the record at word `a` to the one at `b` (-1: out of the shard). Checks before
 * it writes anything.
 */
function pay(
  words: Uint32Array,
  a: number,
  b: number,
  lo: number,
  hi: number,
  fee: number,
): number {
  // A lock neither pays nor is paid.
  if (words[a + 3] !== REGISTERED) return 0
  if (b >= 0 && words[b + 3] !== REGISTERED) return 1
  const balanceLo = words[a] as number
  const balanceHi = words[a + 1] as number
  const nonce = words[a + 2] as number
  if (nonce === U32_MAX) return 3
  const costLo = (lo + fee) >>> 0
  const costHi = (hi + (costLo < fee ? 1 : 0)) >>> 0
  // hi + 1 wrapped: no balance pays 2^64.
  if (costHi < hi) return 2
  if (balanceHi < costHi || (balanceHi === costHi && balanceLo < costLo)) return 2
  const paidLo = (balanceLo - costLo) >>> 0
  const paidHi = (balanceHi - costHi - (balanceLo < costLo ? 1 : 0)) >>> 0
  if (b >= 0 && a !== b) {
    const hadHi = words[b + 1] as number
    const hasLo = ((words[b] as number) + lo) >>> 0
    const carry = hasLo < lo ? 1 : 0
    const sumHi = (hadHi + hi) >>> 0
    const hasHi = (sumHi + carry) >>> 0
    if (sumHi < hadHi || hasHi < sumHi) return 4
    words[b] = hasLo
    words[b + 1] = hasHi
    words[a] = paidLo
    words[a + 1] = paidHi
  } else if (a === b) {
    // To oneself: only the fee is gone. What was paid comes back, so nothing overflows.
    words[a] = (balanceLo - fee) >>> 0
    words[a + 1] = (balanceHi - (balanceLo < fee ? 1 : 0)) >>> 0
  } else {
    words[a] = paidLo
    words[a + 1] = paidHi
  }
  words[a + 2] = (nonce + 1) >>> 0
  return PAID
}

/** How far a run of the loop came: what one chunk hands to the next. */
class Cursor {
  /** Position of the next transfer. */
  position = 0
  /** PAID, or the position of the code in REFUSALS. */
  refused = PAID
  /** So that what `warm` reads is not optimised away. */
  sink = 0
}

/** Transfers from the cursor on, up to `end`, or to the first that is refused. */
function executeChunk(
  run: BatchRun,
  columns: TransferColumns,
  fee: number,
  leaves: Uint32Array,
  cursor: Cursor,
  end: number,
): void {
  const { trace, state } = run
  const { words, stale, slots } = state.table
  const { from: froms, to: tos, amountLo: los, amountHi: his } = columns
  const isSingle = state.shards === 1
  let at = run.count * LEAF_WORDS
  let entryLo = run.entry >>> 0
  let entryHi = Math.floor(run.entry / U32) >>> 0
  let refused = PAID
  let i = cursor.position
  for (; i < end; i++, at += LEAF_WORDS) {
    const from = froms[i] as number
    const to = tos[i] as number
    const lo = los[i] as number
    const hi = his[i] as number
    const fromSlot = isSingle && from < slots ? from | 0 : slotIn(state, from)
    const toSlot = isSingle && to < slots ? to | 0 : slotIn(state, to)
    if (fromSlot < 0 || fromSlot >= slots) refused = 0
    else if (toSlot >= slots || (toSlot < 0 && !isOutgoing(state, to))) refused = 1
    if (refused !== PAID) break
    const a = fromSlot << 3
    const b = toSlot < 0 ? -1 : toSlot << 3
    trace[at] = KIND.transfer
    trace[at + 1] = fee
    traceSender(trace, at, from, to, lo, hi, words, a)
    if (b >= 0) traceReceiver(trace, at, words, b)
    else trace.fill(0, at + 11, at + 16)
    writeTransferLeaf(leaves, i << 3, from, words[a + 2] as number, to, lo, hi)
    refused = pay(words, a, b, lo, hi, fee)
    if (refused !== PAID) break
    words[a + 4] = entryLo
    words[a + 5] = entryHi
    stale[fromSlot >>> PAGE_BITS] = STALE
    if (b >= 0) {
      words[b + 4] = entryLo
      words[b + 5] = entryHi
      stale[toSlot >>> PAGE_BITS] = STALE
    } else run.outgoingFor(to).add(from, to, lo, hi, entryLo, entryHi)
    entryLo = (entryLo + 1) >>> 0
    if (entryLo === 0) entryHi = (entryHi + 1) >>> 0
  }
  run.count += i - cursor.position
  cursor.position = i
  cursor.refused = refused
}

/**
 * Reads one word of each receiver's record. PERF: receivers are random, so each is a cache miss;
 * this loop is short enough for the processor to wait for many of them at once, `executeChunk` is
 * not.
 */
function warm(run: BatchRun, to: Uint32Array, first: number, end: number): number {
  const { state } = run
  const { words, slots } = state.table
  const isSingle = state.shards === 1
  let sum = 0
  for (let i = first; i < end; i++) {
    const index = to[i] as number
    const slot = isSingle && index < slots ? index | 0 : slotIn(state, index)
    if (slot >= 0 && slot < slots) sum = (sum + (words[slot << 3] as number)) | 0
  }
  return sum
}

/**
 * Executes all transfers, or stops at the first that cannot be executed, with those before it done
 * and counted in `run`. `leaves` gets their leaves of the transfer tree, eight words each.
 */
export function executeTransfers(
  run: BatchRun,
  columns: TransferColumns,
  fee: number,
  leaves: Uint32Array,
): Stopped | undefined {
  const { length } = columns.from
  const cursor = new Cursor()
  while (cursor.position < length) {
    const end = Math.min(length, cursor.position + CHUNK)
    cursor.sink ^= warm(run, columns.to, cursor.position, end)
    executeChunk(run, columns, fee, leaves, cursor, end)
    if (cursor.refused === PAID) continue
    return { code: REFUSALS[cursor.refused] as ExecutionRefusal, position: cursor.position }
  }
  return undefined
}

// Locks that hold money in the final state, by their deadlines: those that have passed are given
// back by a batch of this node when it is its turn.

import { ROLLUP_REFUNDS_PER_BATCH } from '../../config/shard-limits.ts'
import { RECORD_WORDS } from '../../protocol/rollup/account-table.ts'
import { indexOf } from '../../protocol/rollup/layout.ts'
import { isHeld, lockAt, payeeOf } from '../../protocol/rollup/lock-record.ts'
import { encodeOperation, OPERATION_REFUND } from '../../protocol/rollup/operations.ts'
import { slotIn } from '../../protocol/rollup/shard-place.ts'
import type { ShardState } from '../../protocol/rollup/shard-state.ts'
import { AT, KIND, KIND_BITS, LEAF_WORDS } from '../../protocol/rollup/trace.ts'
import type { Undo } from '../../protocol/rollup/undo-log.ts'

export class HeldLocks {
  private readonly line: { readonly state: ShardState }
  /** Slots by deadline, of those above `height`; and those that are due. */
  private readonly byDeadline = new Map<number, Set<number>>()
  private readonly due = new Set<number>()
  /** Of the last final block. */
  height = 0

  constructor(line: { readonly state: ShardState }) {
    this.line = line
  }

  /** All that the state has, which must be that after the final block of this height. */
  scan(height: number): void {
    this.height = height
    this.due.clear()
    this.byDeadline.clear()
    const { table } = this.line.state
    for (let slot = 0; slot < table.used; slot++) {
      if (!isHeld(table.words[slot * RECORD_WORDS + 3] as number)) continue
      this.add(slot, lockAt(table, slot).deadline)
    }
  }

  private add(slot: number, deadline: number): void {
    if (deadline <= this.height) {
      this.due.add(slot)
      return
    }
    const known = this.byDeadline.get(deadline)
    if (known) known.add(slot)
    else this.byDeadline.set(deadline, new Set([slot]))
  }

  /** A block of this height is final: deadlines up to it have passed. */
  block(height: number): void {
    for (let at = this.height + 1; at <= height; at++) {
      for (const slot of this.byDeadline.get(at) ?? []) this.due.add(slot)
      this.byDeadline.delete(at)
    }
    this.height = Math.max(height, this.height)
  }

  /** What a final batch has locked and given back. */
  final({ trace, count }: Pick<Undo, 'trace' | 'count'>): void {
    for (let at = 0; at < count * LEAF_WORDS; at += LEAF_WORDS) {
      const kind = (trace[at + AT.kind] as number) & (2 ** KIND_BITS - 1)
      if (kind === KIND.lock) {
        const slot = slotIn(this.line.state, trace[at + AT.to] as number)
        this.add(slot, trace[at + AT.toBalance] as number)
      } else if (kind === KIND.rest || kind === KIND.refund) {
        const slot = slotIn(this.line.state, trace[at + AT.from] as number)
        this.due.delete(slot)
        const deadline = trace[at + AT.fee] as number
        this.byDeadline.get(deadline)?.delete(slot)
        if (this.byDeadline.get(deadline)?.size === 0) this.byDeadline.delete(deadline)
      }
    }
  }

  /** Slots that are due on the tip: not those that batches which are not final have given back. */
  private *dueOnTip(): Iterable<number> {
    const { table } = this.line.state
    for (const slot of this.due) {
      const { flags, deadline } = lockAt(table, slot)
      if (isHeld(flags) && deadline <= this.height) yield slot
    }
  }

  /** Whether there are refunds. */
  get isDue(): boolean {
    for (const _ of this.dueOnTip()) return true
    return false
  }

  /** Leaves of refunds on the tip. */
  refunds(): Uint32Array {
    const { table, shard, shards } = this.line.state
    const leaves: Uint8Array[] = []
    for (const slot of this.dueOnTip()) {
      const { flags, use, deadline, owner } = lockAt(table, slot)
      const from = indexOf(shard, shards, slot)
      const amount = table.balanceOf(slot)
      const parties = { party: payeeOf(flags), from, to: owner, nonce: use }
      leaves.push(encodeOperation({ kind: OPERATION_REFUND, ...parties, amount, deadline, use: 0 }))
      if (leaves.length === ROLLUP_REFUNDS_PER_BATCH) break
    }
    const bytes = new Uint8Array(32 * leaves.length)
    for (const [i, leaf] of leaves.entries()) bytes.set(leaf, 32 * i)
    return new Uint32Array(bytes.buffer)
  }
}

// Spend keys of accounts of other shards, which are payees of locks here: the own block-builder
// reads them in the registry of the last final block.

import { ROLLUP_PAYEE_KEYS_MAX } from '../../config/shard-limits.ts'
import { hexToBytes } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import { BlockBuilderMessages } from '../messages/block-builder.ts'

const ASK_MS = 2000
/** Whoever is registered in a block that is not final here yet is asked for again. */
const TRIES = 10
const RETRY_MS = 200

export class PayeeKeys {
  private readonly ctx: Context
  private readonly node: string
  private readonly keys = new Map<number, Uint8Array>()
  /** Those that are being asked for: so often without an answer that has a key. */
  private readonly tries = new Map<number, number>()
  private waiters: (() => boolean)[] = []

  constructor(ctx: Context, node: string) {
    this.ctx = ctx
    this.node = node
  }

  /** How many are being asked for. */
  get asked(): number {
    return this.tries.size
  }

  keyOf(index: number): Uint8Array | undefined {
    return this.keys.get(index)
  }

  /** Runs `then` when each of these has a key or, by the registry, none: now or later. */
  need(indices: Iterable<number>, then: () => void): void {
    const open = new Set([...indices].filter((index) => !this.keys.has(index)))
    const look = () => {
      for (const index of open) {
        const isDone = this.keys.has(index) || (this.tries.get(index) ?? 0) >= TRIES
        if (isDone) open.delete(index)
      }
      if (open.size > 0) return false
      then()
      return true
    }
    if (look()) return
    this.waiters.push(look)
    for (const index of open) if (!this.tries.has(index)) this.ask(index)
  }

  private ask(index: number): void {
    this.tries.set(index, this.tries.get(index) ?? 0)
    const again = () => {
      const tries = (this.tries.get(index) ?? 0) + 1
      this.tries.set(index, tries)
      if (tries < TRIES) this.ctx.after(`payee ${index}`, RETRY_MS, () => this.ask(index))
      else this.changed(index)
    }
    this.ctx.ask(
      BlockBuilderMessages,
      this.node,
      'SpendKey',
      { index },
      {
        within: ASK_MS,
        ok: (key) => {
          if (!key) {
            again()
            return
          }
          this.keys.set(index, hexToBytes(key))
          const [oldest] = this.keys.keys()
          if (this.keys.size > ROLLUP_PAYEE_KEYS_MAX) this.keys.delete(oldest as number)
          this.changed(index)
        },
        failed: again,
      },
    )
  }

  /** It has a key or, for those who wait now, none: it may be registered later. */
  private changed(index: number): void {
    const { waiters } = this
    this.waiters = []
    this.waiters.push(...waiters.filter((look) => !look()))
    this.tries.delete(index)
  }
}

// A store that several owners may have, one after the other. Each owner has a number, its fence;
// the highest that ever wrote is kept in the store, and commits of a smaller one are refused in the
// same transaction that would have applied them. So a former owner that knows nothing of its
// successor can no longer change anything.

import { utf8 } from '../../lib/bytes.ts'
import { type Ref, refText } from '../ref.ts'
import type { Put, RangeOptions, Store } from '../store.ts'

export const FENCE_TABLE = 'fence'

export class Fenced extends Error {
  override readonly name = 'Fenced'
  readonly fence: number
  readonly stored: number
  constructor(target: Ref, fence: number, stored: number) {
    super(`${refText(target)} belongs to epoch ${stored} by now; this owner is of epoch ${fence}`)
    this.fence = fence
    this.stored = stored
  }
}

function storedFence(store: Store, target: Ref): number {
  const row = store.get(FENCE_TABLE, utf8(refText(target)))
  return row ? Number(new DataView(row.buffer, row.byteOffset).getBigUint64(0)) : 0
}

function fencePut(target: Ref, fence: number): Put {
  const value = new Uint8Array(8)
  new DataView(value.buffer).setBigUint64(0, BigInt(fence))
  return { table: FENCE_TABLE, key: utf8(refText(target)), value }
}

/** Whoever owns the actor now; its number grows while it stays the owner. */
export interface Owner {
  fence: number
}

export class FencedStore implements Store {
  private readonly store: Store
  private readonly target: Ref
  private readonly owner: Owner
  private readonly refused: (error: Fenced) => void

  /** `refused` is called whenever a commit came too late: another owner has the store. */
  constructor(
    store: Store,
    target: Ref,
    owner: Owner,
    refused: (error: Fenced) => void = () => {},
  ) {
    this.store = store
    this.target = target
    this.owner = owner
    this.refused = refused
  }

  /** Makes this owner the present one; before that it must not read. An error is a Fenced too. */
  take(done: (error?: Error) => void): void {
    this.raise(this.owner.fence, done)
  }

  /** Stays the owner under a larger number; Fenced if there was another owner since. */
  raise(fence: number, done: (error?: Error) => void): void {
    const guard = () => {
      const refusal = this.guard()
      // In the transaction: a commit that is applied after this one has the larger number.
      if (!refusal) this.owner.fence = fence
      return refusal
    }
    this.store.commit([fencePut(this.target, fence)], done, guard)
  }

  private guard(): Fenced | undefined {
    const { fence } = this.owner
    const stored = storedFence(this.store, this.target)
    return stored > fence ? new Fenced(this.target, fence, stored) : undefined
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.store.get(table, key)
  }

  range(table: string, options: RangeOptions): [Uint8Array, Uint8Array][] {
    return this.store.range(table, options)
  }

  usedBytes(): number {
    return this.store.usedBytes()
  }

  commit(puts: readonly Put[], done: (error?: Error) => void): void {
    const ended = (error?: Error) => {
      done(error)
      if (error instanceof Fenced) this.refused(error)
    }
    this.store.commit(puts, ended, () => this.guard())
  }
}

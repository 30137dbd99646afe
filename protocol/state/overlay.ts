// Changes on top of a state while a block is executed: a journal that can be rolled back to any
// checkpoint, so that a refused call leaves no trace.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Account } from './account.ts'
import type { AccountChange, StateChanges } from './state-tree.ts'
import type { StateView } from './state-view.ts'

/** An account as it is now. PERF: changed in place, because a transfer writes five times. */
interface Entry {
  nonce: number
  balance: bigint
  isChanged: boolean
  readonly before: Account
}

export class Overlay {
  private readonly base: StateView
  private readonly entries = new Map<Hex, Entry>()
  private readonly storage = new Map<Hex, Map<Hex, bigint>>()
  private readonly undo: (() => void)[] = []
  /** PERF: without an open checkpoint nothing can be asked back. */
  private open = 0
  private created = 0n
  private destroyed = 0n

  constructor(base: StateView) {
    this.base = base
  }

  private entry(address: Hex): Entry {
    let entry = this.entries.get(address)
    if (!entry) {
      const before = this.base.account(address)
      entry = { nonce: before.nonce, balance: before.balance, isChanged: false, before }
      this.entries.set(address, entry)
    }
    return entry
  }

  private change(entry: Entry, nonce: number, balance: bigint): void {
    if (this.open > 0) {
      const { nonce, balance, isChanged } = entry
      this.undo.push(() => Object.assign(entry, { nonce, balance, isChanged }))
    }
    entry.nonce = nonce
    entry.balance = balance
    entry.isChanged = true
  }

  balance(address: Hex): bigint {
    return this.entry(address).balance
  }

  nonce(address: Hex): number {
    return this.entry(address).nonce
  }

  raiseNonce(address: Hex): void {
    const entry = this.entry(address)
    this.change(entry, entry.nonce + 1, entry.balance)
  }

  transfer(from: Hex, to: Hex, amount: bigint): void {
    assert(amount >= 0n, 'a transfer is never negative')
    const source = this.entry(from)
    assert(source.balance >= amount, 'a transfer never exceeds the balance')
    if (amount === 0n || from === to) return
    this.change(source, source.nonce, source.balance - amount)
    const target = this.entry(to)
    this.change(target, target.nonce, target.balance + amount)
  }

  /** Wei made by `mint` and destroyed by `burn` so far. */
  get minted(): bigint {
    return this.created
  }

  get burned(): bigint {
    return this.destroyed
  }

  /** New wei: block rewards, and the balances of a genesis. */
  mint(to: Hex, amount: bigint): void {
    assert(amount >= 0n, 'never less than nothing is minted')
    const entry = this.entry(to)
    this.change(entry, entry.nonce, entry.balance + amount)
    if (this.open > 0) {
      this.undo.push(() => {
        this.created -= amount
      })
    }
    this.created += amount
  }

  burn(from: Hex, amount: bigint): void {
    assert(amount >= 0n, 'never less than nothing is burned')
    const entry = this.entry(from)
    assert(entry.balance >= amount, 'no more is burned than is there')
    this.change(entry, entry.nonce, entry.balance - amount)
    if (this.open > 0) {
      this.undo.push(() => {
        this.destroyed -= amount
      })
    }
    this.destroyed += amount
  }

  load(address: Hex, slot: Hex): bigint {
    return this.storage.get(address)?.get(slot) ?? this.base.storage(address, slot)
  }

  save(address: Hex, slot: Hex, word: bigint): void {
    assert(word >= 0n && word < 1n << 256n, 'a storage word has 256 bits')
    let slots = this.storage.get(address)
    if (!slots) {
      slots = new Map()
      this.storage.set(address, slots)
    }
    if (this.open > 0) {
      const before = slots.get(slot)
      const table = slots
      this.undo.push(() => {
        if (before === undefined) table.delete(slot)
        else table.set(slot, before)
      })
    }
    slots.set(slot, word)
  }

  /** Ended by `keep` or `rollback`, the last one first. */
  checkpoint(): number {
    this.open++
    return this.undo.length
  }

  rollback(checkpoint: number): void {
    while (this.undo.length > checkpoint) this.undo.pop()?.()
    this.close()
  }

  /** What happened since the checkpoint stays, unless an earlier one is rolled back. */
  keep(): void {
    this.close()
    if (this.open === 0) this.undo.length = 0
  }

  private close(): void {
    assert(this.open > 0, 'a checkpoint is ended once')
    this.open--
  }

  /** All changes so far; asserts that no wei appeared or vanished but by `mint` and `burn`. */
  changes(): StateChanges {
    const accounts = new Map<Hex, AccountChange>()
    let difference = 0n
    for (const [address, entry] of this.entries) {
      if (!entry.isChanged) continue
      const { nonce, balance, before } = entry
      difference += balance - before.balance
      accounts.set(address, { nonce, balance, before })
    }
    const allowed = this.created - this.destroyed
    assert(difference === allowed, `the supply changed by ${difference}, not by ${allowed}`)
    return { accounts, storage: this.storage }
  }
}

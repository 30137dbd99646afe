// Changes on top of a state while a block is executed: a journal that can be rolled back to any
// checkpoint, so that a refused call leaves no trace.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import type { AccountChange, StateChanges } from './state-tree.ts'
import type { StateView } from './state-view.ts'

export class Overlay {
  private readonly base: StateView
  private readonly read = new Map<Hex, AccountChange>()
  private readonly accounts = new Map<Hex, AccountChange>()
  private readonly storage = new Map<Hex, Map<Hex, bigint>>()
  private readonly undo: (() => void)[] = []
  /** PERF: without an open checkpoint nothing can be asked back. */
  private open = 0
  private created = 0n
  private destroyed = 0n

  constructor(base: StateView) {
    this.base = base
  }

  private account(address: Hex): AccountChange {
    return this.accounts.get(address) ?? this.before(address)
  }

  /** PERF: a sender's account is asked for five times by one transaction. */
  private before(address: Hex): AccountChange {
    let account = this.read.get(address)
    if (!account) {
      account = this.base.account(address)
      this.read.set(address, account)
    }
    return account
  }

  private setAccount(address: Hex, account: AccountChange): void {
    if (this.open > 0) {
      const before = this.accounts.get(address)
      this.undo.push(() => {
        if (before) this.accounts.set(address, before)
        else this.accounts.delete(address)
      })
    }
    this.accounts.set(address, account)
  }

  balance(address: Hex): bigint {
    return this.account(address).balance
  }

  nonce(address: Hex): number {
    return this.account(address).nonce
  }

  raiseNonce(address: Hex): void {
    const { nonce, balance } = this.account(address)
    this.setAccount(address, { nonce: nonce + 1, balance })
  }

  transfer(from: Hex, to: Hex, amount: bigint): void {
    assert(amount >= 0n, 'a transfer is never negative')
    if (amount === 0n || from === to) {
      assert(this.balance(from) >= amount, 'a transfer never exceeds the balance')
      return
    }
    const source = this.account(from)
    assert(source.balance >= amount, 'a transfer never exceeds the balance')
    this.setAccount(from, { nonce: source.nonce, balance: source.balance - amount })
    const target = this.account(to)
    this.setAccount(to, { nonce: target.nonce, balance: target.balance + amount })
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
    const { nonce, balance } = this.account(to)
    this.setAccount(to, { nonce, balance: balance + amount })
    if (this.open > 0) {
      this.undo.push(() => {
        this.created -= amount
      })
    }
    this.created += amount
  }

  burn(from: Hex, amount: bigint): void {
    assert(amount >= 0n, 'never less than nothing is burned')
    const { nonce, balance } = this.account(from)
    assert(balance >= amount, 'no more is burned than is there')
    this.setAccount(from, { nonce, balance: balance - amount })
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
    let difference = 0n
    for (const [address, { balance }] of this.accounts) {
      difference += balance - this.before(address).balance
    }
    const allowed = this.created - this.destroyed
    assert(difference === allowed, `the supply changed by ${difference}, not by ${allowed}`)
    return { accounts: this.accounts, storage: this.storage }
  }
}

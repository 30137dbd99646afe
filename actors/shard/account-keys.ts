// Who owns which account, and the keys of those that were registered: as the inbox brought them.

import type { Hex } from '../../lib/hex.ts'
import type { InboxEntry, RegisteredAccount } from '../../protocol/rollup/inbox-entry.ts'

export interface AccountKeys {
  /** 48 bytes; undefined for an account of the genesis and for none. */
  keyOf(index: number): Uint8Array | undefined
  /** 32 bytes. */
  spendKeyOf(index: number): Uint8Array | undefined
}

export class AccountBook implements AccountKeys {
  private readonly accounts = new Map<number, RegisteredAccount>()
  private readonly byOwner = new Map<Hex, number>()
  /** Not written down yet. */
  private fresh: number[] = []
  /** Whose keys nobody has been told to make. */
  private unmade: number[] = []

  /** Takes in what a message says; the same message twice changes nothing. */
  read({ message, account }: InboxEntry): void {
    if (message.kind !== 'register' || !account) return
    if (!this.accounts.has(message.index)) this.fresh.push(message.index)
    this.restore(message.index, account)
  }

  /** One that is written down. */
  restore(index: number, account: RegisteredAccount): void {
    if (!this.accounts.has(index)) this.unmade.push(index)
    this.accounts.set(index, account)
    if (!this.byOwner.has(account.owner)) this.byOwner.set(account.owner, index)
  }

  /** Accounts that are to be written down now, each told once. */
  takeFresh(most: number): [index: number, account: RegisteredAccount][] {
    return this.fresh
      .splice(0, most)
      .map((index) => [index, this.accounts.get(index) as RegisteredAccount])
  }

  /** Accounts that came since the last time. */
  takeUnmade(): number[] {
    return this.unmade.splice(0)
  }

  accountOf(index: number): RegisteredAccount | undefined {
    return this.accounts.get(index)
  }

  ownerOf(index: number): Hex | undefined {
    return this.accounts.get(index)?.owner
  }

  indexOf(owner: Hex): number | undefined {
    return this.byOwner.get(owner)
  }

  keyOf(index: number): Uint8Array | undefined {
    return this.accounts.get(index)?.blsKey
  }

  spendKeyOf(index: number): Uint8Array | undefined {
    return this.accounts.get(index)?.spendKey
  }
}

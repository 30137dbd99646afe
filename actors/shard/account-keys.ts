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

  /** Takes in what a message says; the same message twice changes nothing. */
  read({ message, account }: InboxEntry): void {
    if (message.kind !== 'register' || !account) return
    this.accounts.set(message.index, account)
    if (!this.byOwner.has(account.owner)) this.byOwner.set(account.owner, message.index)
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

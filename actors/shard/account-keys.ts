// Who owns which account, and the keys of those that were registered: as the inbox brought them.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { InboxMessage } from '../../protocol/rollup/inbox-message.ts'

export interface AccountKeys {
  /** 48 bytes; undefined for an account of the genesis and for none. */
  keyOf(index: number): Uint8Array | undefined
  /** 32 bytes. */
  spendKeyOf(index: number): Uint8Array | undefined
}

interface Registered {
  readonly owner: Hex
  readonly blsKey: Uint8Array
  readonly spendKey: Uint8Array
}

export class AccountBook implements AccountKeys {
  private readonly accounts = new Map<number, Registered>()
  private readonly byOwner = new Map<Hex, number>()

  /** Takes in what a message says; the same message twice changes nothing. */
  read(message: InboxMessage): void {
    if (message.kind !== 'register') return
    const { index, owner, blsKey, spendKey } = message
    this.accounts.set(index, {
      owner,
      blsKey: hexToBytes(blsKey),
      spendKey: hexToBytes(spendKey),
    })
    if (!this.byOwner.has(owner)) this.byOwner.set(owner, index)
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

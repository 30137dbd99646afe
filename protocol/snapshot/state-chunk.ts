// A chunk of the state: rlp([index, [[address, account, [[slot, word]…]]…]]), accounts and slots in
// ascending order as in the tables of the chain store. An account whose slots did not fit goes on
// in the next chunk under its address, with an empty account.

import { asBytes, asList, asNumber, decodeRlp, encodeRlp, rlpInteger } from '../rlp/rlp.ts'

export interface SnapshotSlot {
  /** 32 bytes. */
  readonly slot: Uint8Array
  /** rlp of the word, as stored. */
  readonly word: Uint8Array
}

export interface SnapshotAccount {
  /** 20 bytes. */
  readonly address: Uint8Array
  /** The account's row; empty where its slots go on. */
  readonly account: Uint8Array
  readonly slots: readonly SnapshotSlot[]
}

export interface StateChunk {
  readonly index: number
  readonly accounts: readonly SnapshotAccount[]
}

export function encodeStateChunk({ index, accounts }: StateChunk): Uint8Array {
  return encodeRlp([
    rlpInteger(index),
    accounts.map(({ address, account, slots }) => [
      address,
      account,
      slots.map(({ slot, word }) => [slot, word]),
    ]),
  ])
}

/** Throws RlpError. The rows are views of `bytes`. */
export function decodeStateChunk(bytes: Uint8Array): StateChunk {
  const [index, list] = asList(decodeRlp(bytes), 2)
  const accounts = asList(list).map((item) => {
    const [address, account, slots] = asList(item, 3)
    return {
      address: asBytes(address, 20),
      account: asBytes(account),
      slots: asList(slots).map((pair) => {
        const [slot, word] = asList(pair, 2)
        return { slot: asBytes(slot, 32), word: asBytes(word) }
      }),
    }
  })
  return { index: asNumber(index), accounts }
}

// A message of a shard's inbox as the block-builder hands it to the shard: with owner and keys
// where it registers an account, since those are in the base chain's registry and not in the
// message.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import type { StateView } from '../state/state-view.ts'
import type { InboxMessage } from './inbox-message.ts'
import { inboxMessages, rollupAccount } from './rollup-head.ts'

export interface RegisteredAccount {
  readonly owner: Hex
  /** 48 bytes. */
  readonly blsKey: Uint8Array
  /** 32 bytes, Ed25519. */
  readonly spendKey: Uint8Array
}

export interface InboxEntry {
  readonly message: InboxMessage
  /** Of a message that registers. */
  readonly account: RegisteredAccount | undefined
}

const KINDS = ['register', 'deposit', 'force', 'lock'] as const

function messageItem(message: InboxMessage): RlpItem {
  const kind = rlpInteger(KINDS.indexOf(message.kind))
  const from = message.kind === 'force' ? message.from : message.index
  const to = message.kind === 'force' ? message.to : message.kind === 'lock' ? message.owner : 0
  return [kind, rlpInteger(from), rlpInteger(to), rlpInteger(message.amount)]
}

export function encodeInboxEntry({ message, account }: InboxEntry): Uint8Array {
  const keys = account ? [hexToBytes(account.owner), account.blsKey, account.spendKey] : []
  return encodeRlp([messageItem(message), keys])
}

function messageOf(
  kind: (typeof KINDS)[number] | undefined,
  from: number,
  to: number,
  amount: bigint,
): InboxMessage {
  switch (kind) {
    case 'force':
      return { kind, from, to, amount }
    case 'lock':
      return { kind, index: from, owner: to, amount: 0n }
    default:
      return { kind: kind ?? 'deposit', index: from, amount }
  }
}

/** Throws RlpError; nobody but this node writes them. */
export function decodeInboxEntry(bytes: Uint8Array): InboxEntry {
  const [first, keys] = asList(decodeRlp(bytes), 2)
  const [kind, from, to, amount] = asList(first, 4)
  const message = messageOf(KINDS[asNumber(kind)], asNumber(from), asNumber(to), asInteger(amount))
  const list = asList(keys)
  if (list.length === 0) return { message, account: undefined }
  const owner = bytesToHex(asBytes(list[0], 20))
  const account = {
    owner,
    blsKey: Uint8Array.from(asBytes(list[1], 48)),
    spendKey: Uint8Array.from(asBytes(list[2], 32)),
  }
  return { message, account }
}

/** Messages `from` … `to` − 1 in the state of a block; undefined if one of them is not there. */
export function inboxEntries(
  view: StateView,
  shard: number,
  from: number,
  to: number,
): InboxEntry[] | undefined {
  return inboxMessages(view, shard, from, to)?.map((message) => {
    const keys = message.kind === 'register' ? rollupAccount(view, message.index) : undefined
    if (!keys?.keys) return { message, account: undefined }
    const { owner } = keys
    const { blsKey, spendKey } = keys.keys
    return { message, account: { owner, blsKey, spendKey: hexToBytes(spendKey) } }
  })
}

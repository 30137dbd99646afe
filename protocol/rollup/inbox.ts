// A shard's inbox: what the base chain tells it, in order. A message is one word of the state, so
// that every validator, also one that has only synced the state, can read what a claim consumes;
// it is dropped when nothing can come back to it.

import { assert } from '../../lib/assert.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import {
  fieldOf,
  packFields,
  type ReadWords,
  saveWord,
  type Words,
} from '../modules/storage-layout.ts'
import { ROLLUP_ADDRESS, ROLLUP_INBOX_MAX } from '../params.ts'
import type { InboxMessage } from './inbox-message.ts'
import { MESSAGE } from './rollup-abi.ts'
import { moveMoney } from './rollup-money.ts'
import { messageSlot } from './rollup-storage.ts'
import { loadShard, saveShard } from './shard-record.ts'

/** `register`: the account's keys are in the registry. */
export const REGISTER = 0
export const DEPOSIT = 1
export const FORCE = 2
export const MAKE_LOCK = 3

export interface InboxWord {
  readonly kind: number
  /** What is registered, or who is paid; of a forced transfer, its sender. */
  readonly from: number
  /** Of a forced transfer its receiver, of a lock its owner; otherwise 0. */
  readonly to: number
  /** Units. */
  readonly amount: bigint
  /** Of the block that brought it. */
  readonly height: number
}

/** Undefined if there is none, or it is gone. */
export function loadMessage(
  words: ReadWords,
  shard: number,
  message: number,
): InboxWord | undefined {
  const word = words.load(messageSlot(shard, message))
  if (word === 0n) return undefined
  return {
    kind: Number(fieldOf(word, 0, 8)) - 1,
    from: Number(fieldOf(word, 8, 32)),
    to: Number(fieldOf(word, 40, 32)),
    amount: fieldOf(word, 72, 64),
    height: Number(fieldOf(word, 136, 53)),
  }
}

/** The same as a shard executes it. */
export function inboxMessage(
  words: ReadWords,
  shard: number,
  message: number,
): InboxMessage | undefined {
  const found = loadMessage(words, shard, message)
  if (!found) return undefined
  const { kind, from, to, amount } = found
  if (kind === FORCE) return { kind: 'force', from, to, amount }
  if (kind === MAKE_LOCK) return { kind: 'lock', index: from, owner: to, amount: 0n }
  return { kind: kind === DEPOSIT ? 'deposit' : 'register', index: from, amount }
}

/** Units that came with a message, which its shard has once a claim consumes it. */
export function moneyOf({ kind, amount }: Pick<InboxWord, 'kind' | 'amount'>): bigint {
  return kind === FORCE ? 0n : amount
}

/** Whether so many messages more would be too many. */
export function isInboxFull(words: ReadWords, shard: number, more = 1): boolean {
  const { inboxCount, inboxTo } = loadShard(words, shard)
  return inboxCount - inboxTo + more > ROLLUP_INBOX_MAX
}

/** The inbox must have room. */
export function sendMessage(
  { state, height, emit }: Pick<ModuleCall, 'state' | 'height' | 'emit'>,
  shard: number,
  message: Omit<InboxWord, 'height'>,
): void {
  const record = loadShard(state, shard)
  const { kind, from, to, amount } = message
  const word = packFields([
    [kind + 1, 8],
    [from, 32],
    [to, 32],
    [amount, 64],
    [height, 53],
  ])
  state.save(messageSlot(shard, record.inboxCount), word)
  moveMoney(state, { inbox: moneyOf(message) })
  saveShard(state, shard, { ...record, inboxCount: record.inboxCount + 1 })
  const which = [BigInt(shard), BigInt(record.inboxCount)] as const
  const data = [BigInt(kind), BigInt(from), BigInt(to), amount] as const
  emit(encodeLog(ROLLUP_ADDRESS, MESSAGE, which, data))
}

/** Units that the messages from `from` to before `to` bring; asserts that they are there. */
export function depositsBetween(words: ReadWords, shard: number, from: number, to: number): bigint {
  let sum = 0n
  for (let at = from; at < to; at++) {
    const message = loadMessage(words, shard, at)
    assert(message !== undefined, 'a message waits until it is consumed')
    sum += moneyOf(message)
  }
  return sum
}

export function dropMessage(words: Words, shard: number, message: number): void {
  saveWord(words, messageSlot(shard, message), 0n)
}

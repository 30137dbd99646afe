// A shard as plainly as it can be written: a map of accounts and bigints. What the engine does in
// words is compared with it.

import { createHash } from 'node:crypto'
import { EXIT_INDEX, ROLLUP_ACCOUNTS_MAX } from '../../../protocol/params.ts'
import type { InboxMessage } from '../../../protocol/rollup/inbox-message.ts'

export interface PlainAccount {
  balance: bigint
  nonce: number
  touch: number
}

export interface PlainLock {
  readonly owner: number
  use: number
  touch: number
  held: { readonly payee: number; amount: bigint; readonly deadline: number } | undefined
}

export interface PlainTransfer {
  readonly from: number
  readonly to: number
  readonly amount: bigint
}

const U64 = 2n ** 64n

export const hash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(left).update(right).digest())

/** Root over leaves padded with zero leaves to 2^depth. */
export function plainRoot(leaves: ReadonlyMap<number, Uint8Array>, depth: number): Uint8Array {
  let zero: Uint8Array = new Uint8Array(32)
  let level = new Map(leaves)
  for (let i = 0; i < depth; i++) {
    const above = new Map<number, Uint8Array>()
    for (const at of new Set([...level.keys()].map((key) => key >>> 1))) {
      above.set(at, hash(level.get(2 * at) ?? zero, level.get(2 * at + 1) ?? zero))
    }
    level = above
    zero = hash(zero, zero)
  }
  return level.get(0) ?? zero
}

function word64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

export function plainRecord(account: PlainAccount): Uint8Array {
  const words = Buffer.alloc(8)
  words.writeUInt32LE(account.nonce)
  words.writeUInt32LE(1, 4)
  const parts = [word64(account.balance), words, word64(BigInt(account.touch)), Buffer.alloc(8)]
  return Uint8Array.from(Buffer.concat(parts))
}

function plainLockRecord({ owner, use, touch, held }: PlainLock): Uint8Array {
  const words = Buffer.alloc(8)
  words.writeUInt32LE(use)
  words.writeUInt32LE(held ? 6 + 256 * held.payee : 2, 4)
  const last = Buffer.alloc(8)
  last.writeUInt32LE(held?.deadline ?? 0)
  last.writeUInt32LE(owner, 4)
  const parts = [word64(held?.amount ?? 0n), words, word64(BigInt(touch)), last]
  return Uint8Array.from(Buffer.concat(parts))
}

export class PlainShard {
  accounts = new Map<number, PlainAccount>()
  locks = new Map<number, PlainLock>()
  entries = 0
  supply = 0n
  inboxTo = 0
  exits: { from: number; amount: bigint; entry: number }[] = []

  copy(): PlainShard {
    const copy = new PlainShard()
    copy.accounts = new Map([...this.accounts].map(([key, value]) => [key, { ...value }]))
    for (const [index, lock] of this.locks) {
      copy.locks.set(index, { ...lock, held: lock.held && { ...lock.held } })
    }
    return Object.assign(copy, {
      entries: this.entries,
      supply: this.supply,
      inboxTo: this.inboxTo,
    })
  }

  message(message: InboxMessage): void {
    this.entries++
    this.inboxTo++
    if (message.kind === 'force') {
      if (this.move(message.from, message.to, message.amount, 0n, 0) === '') this.touch(message)
      return
    }
    if (message.kind === 'lock') {
      const { owner } = message
      this.locks.set(message.index, { owner, use: 0, touch: this.entries, held: undefined })
      return
    }
    this.supply += message.amount
    const fresh = { balance: 0n, nonce: 0, touch: 0 }
    const account = this.accounts.get(message.index) ?? fresh
    this.accounts.set(message.index, account)
    account.balance += message.amount
    account.touch = this.entries
  }

  /** The code of the refusal, or ''. */
  transfer(transfer: PlainTransfer, fee: number): string {
    this.entries++
    const { from, to, amount } = transfer
    const code = this.move(from, to, amount, BigInt(fee), 1)
    if (code === '') this.touch(transfer)
    return code
  }

  credit(index: number, amount: bigint): void {
    this.entries++
    const account = this.accounts.get(index) as PlainAccount
    account.balance += amount
    account.touch = this.entries
  }

  /** Money of a lock that may be held: to its payee, to its owner. */
  settle(index: number, amount: bigint): void {
    const lock = this.locks.get(index) as PlainLock
    if (!lock.held || lock.held.amount < amount) throw new Error('not held')
    lock.held.amount -= amount
    this.credit(lock.held.payee, amount)
    this.giveBack(index)
  }

  giveBack(index: number): void {
    const lock = this.locks.get(index) as PlainLock
    if (!lock.held) throw new Error('not held')
    this.credit(lock.owner, lock.held.amount)
    Object.assign(lock, { held: undefined, use: lock.use + 1, touch: this.entries })
  }

  lock(index: number, held: NonNullable<PlainLock['held']>, fee: number): void {
    this.entries++
    const lock = this.locks.get(index) as PlainLock
    const owner = this.accounts.get(lock.owner) as PlainAccount
    const cost = held.amount + BigInt(fee)
    if (lock.held || owner.balance < cost) throw new Error('cannot be locked')
    owner.balance -= cost
    owner.nonce++
    owner.touch = this.entries
    Object.assign(lock, { held: { ...held }, touch: this.entries })
  }

  private touch({ from, to }: { from: number; to: number }): void {
    for (const index of [from, to]) {
      const account = this.accounts.get(index)
      if (account) account.touch = this.entries
    }
  }

  private move(from: number, to: number, amount: bigint, fee: bigint, nonces: number): string {
    const sender = this.accounts.get(from)
    if (!sender) return 'SENDER_UNKNOWN'
    const receiver = this.accounts.get(to)
    if (!receiver && to !== EXIT_INDEX) return 'RECEIVER_UNKNOWN'
    if (nonces > 0 && sender.nonce === 0xffff_ffff) return 'NONCES_USED_UP'
    if (sender.balance < amount + fee) return 'UNPAYABLE'
    if (receiver && receiver !== sender && receiver.balance + amount >= U64) {
      return 'BALANCE_OVERFLOW'
    }
    sender.balance -= amount + fee
    sender.nonce += nonces
    if (receiver) receiver.balance += amount
    else {
      this.exits.push({ from, amount, entry: this.entries })
      this.supply -= amount
    }
    return ''
  }

  stateRoot(): Uint8Array {
    const used = Math.max(...this.accounts.keys(), ...this.locks.keys(), 0) + 1
    let depth = 12
    while (2 ** depth < used && 2 ** depth < ROLLUP_ACCOUNTS_MAX) depth++
    const leaves = new Map([...this.accounts].map(([key, value]) => [key, plainRecord(value)]))
    for (const [index, lock] of this.locks) leaves.set(index, plainLockRecord(lock))
    const head = Buffer.alloc(8)
    head.writeUInt32LE(depth)
    const numbers = [BigInt(this.entries), this.supply, BigInt(this.inboxTo)].map(word64)
    const meta = Buffer.concat([head, ...numbers, Buffer.alloc(32)])
    const metaHash = createHash('sha256').update(meta).digest()
    return hash(plainRoot(leaves, depth), metaHash)
  }
}

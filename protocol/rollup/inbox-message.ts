// What the base chain tells a shard: messages that the shard's batches consume in order, each once.
// The base chain keeps them until nothing can come back to them; keys stay in its registry.

/** A new account with its first deposit, or another deposit; amounts in units. */
export interface CreditMessage {
  readonly kind: 'register' | 'deposit'
  readonly index: number
  readonly amount: bigint
}

/** A transfer without fee or nonce that the owner ordered on the base chain. */
export interface ForceMessage {
  readonly kind: 'force'
  readonly from: number
  /** An account, or EXIT_INDEX. */
  readonly to: number
  readonly amount: bigint
}

/** A new lock of an account. */
export interface LockMessage {
  readonly kind: 'lock'
  readonly index: number
  readonly owner: number
  readonly amount: 0n
}

export type InboxMessage = CreditMessage | ForceMessage | LockMessage

/** Units that come into the shard with the message. */
export function arrivingWith(message: InboxMessage): bigint {
  return message.kind === 'force' ? 0n : message.amount
}

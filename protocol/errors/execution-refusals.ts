// Why a batch of the rollup cannot be executed: one such entry refuses the whole batch.

export const EXECUTION_REFUSALS = {
  WRONG_SHARD: 'the batch is of another shard',
  WRONG_FIRST_ENTRY: 'the first entry does not follow the last one of the state',
  WRONG_INBOX: 'a message of the inbox credits an account that it cannot credit',
  WRONG_PARCEL: 'a parcel is malformed, or credits an account of another shard',
  SENDER_UNKNOWN: 'the sender is not registered in this shard',
  RECEIVER_UNKNOWN: 'the receiver is not registered',
  UNPAYABLE: 'the sender has less than amount and fee',
  NONCES_USED_UP: 'the sender has used its last nonce',
  BALANCE_OVERFLOW: 'a balance or the supply would pass 64 bits',
  LOCK_OTHER: 'the lock is none of the shard’s, or does not hold what the operation says',
  WRONG_NONCE: 'the operation is not of its owner’s next nonce',
  FEE_ACCOUNT_UNKNOWN: 'the account for the fees is not registered in this shard',
} as const

export type ExecutionRefusal = keyof typeof EXECUTION_REFUSALS

// How a validator stands. The position is the number that `validatorOf` returns.

export const VALIDATOR_STATUSES = [
  'none',
  /** Bonded enough: in the set two epochs later. */
  'listed',
  /** Bonded too little. */
  'below',
  'jailed',
  /** Out for ever, with its key. */
  'tombstoned',
] as const

export type ValidatorStatus = (typeof VALIDATOR_STATUSES)[number]

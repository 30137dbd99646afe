// Why a transaction is refused: one code each, with the wording of geth, because clients classify
// errors by their text.

export const TRANSACTION_REFUSALS = {
  UNDECODABLE: 'rlp: the transaction cannot be decoded',
  WRONG_CHAIN: 'invalid chain id for signer',
  INVALID_SENDER: 'invalid sender: the signature fits no key',
  NONCE_TOO_LOW: 'nonce too low',
  NONCE_TOO_HIGH: 'nonce too high',
  NONCE_MAX: 'nonce has max value',
  INSUFFICIENT_FUNDS: 'insufficient funds for gas * price + value',
  INTRINSIC_GAS_TOO_LOW: 'intrinsic gas too low',
  FLOOR_GAS_TOO_LOW: 'insufficient gas for floor data gas cost',
  FEE_CAP_TOO_LOW: 'max fee per gas less than block base fee',
  TIP_ABOVE_FEE_CAP: 'max priority fee per gas higher than max fee per gas',
  GAS_LIMIT_EXCEEDED: 'exceeds block gas limit',
  BLOCK_FULL: 'gas limit reached',
  CREATION_UNSUPPORTED: 'contract creation is not supported by this chain yet',
  ALREADY_KNOWN: 'already known',
  UNDERPRICED: 'transaction underpriced',
  REPLACEMENT_UNDERPRICED: 'replacement transaction underpriced',
  OVERSIZED: 'oversized data',
  SENDER_LIMIT: 'too many transactions of this sender are waiting',
  POOL_FULL: 'txpool is full',
  BUSY: 'the node is busy: try again',
} as const

export type TransactionRefusal = keyof typeof TRANSACTION_REFUSALS

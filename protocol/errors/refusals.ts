// Why a transaction or a block is refused: code to message, in the words of geth, because clients
// classify errors by their text.

export const TRANSACTION_REFUSALS = {
  UNDECODABLE: 'rlp: cannot decode the transaction',
  UNSUPPORTED_TYPE: 'transaction type not supported',
  UNPROTECTED: 'only replay-protected (EIP-155) transactions allowed over RPC',
  BAD_SIGNATURE: 'invalid sender',
  WRONG_CHAIN: 'invalid chain id for signer',
  OVERSIZED: 'oversized data',
  CREATION_UNSUPPORTED: 'contract creation is not supported on this chain yet',
  NONCE_TOO_LOW: 'nonce too low',
  NONCE_TOO_HIGH: 'nonce too high',
  NONCE_MAX: 'nonce has max value',
  INSUFFICIENT_FUNDS: 'insufficient funds for gas * price + value',
  INTRINSIC_GAS_TOO_LOW: 'intrinsic gas too low',
  FLOOR_GAS_TOO_LOW: 'insufficient gas for floor data gas cost',
  GAS_LIMIT_EXCEEDED: 'exceeds block gas limit',
  FEE_CAP_TOO_LOW: 'max fee per gas less than block base fee',
  TIP_ABOVE_FEE_CAP: 'max priority fee per gas higher than max fee per gas',
  ALREADY_KNOWN: 'already known',
  REPLACEMENT_UNDERPRICED: 'replacement transaction underpriced',
  UNDERPRICED: 'transaction underpriced',
  SENDER_FULL: 'account limit exceeded',
  POOL_FULL: 'txpool is full',
  UNAVAILABLE: 'the node could not check the transaction in time; send it again',
} as const

export type TransactionRefusal = keyof typeof TRANSACTION_REFUSALS

/** The message of a code; the code itself where the table has none. */
export function refusalText(code: string): string {
  return TRANSACTION_REFUSALS[code as TransactionRefusal] ?? code
}

// Why the client of a rollup account does not sign what it is asked to, or does not take a receipt.

export const COSIGN_REFUSALS = {
  BAD_TRANSFER: 'the transfer is not of this account, or a number in it is out of range',
  OTHER_TRANSFER: 'another transfer was signed with this nonce, and may still be executed',
  UNKNOWN_TRANSFER: 'no transfer was signed with this nonce',
  BAD_OFFER: 'the offer of a root is malformed',
  OFFER_FEE: 'the fee of the batch is above what the transfer allows',
  OFFER_PROOF: 'the root does not contain the transfer at the position told',
  OTHER_ROOT: 'another root was co-signed with this nonce: the ordinary signature has to do',
  ALREADY_FINAL: 'the transfer with this nonce is final',
  RECEIPT_CLAIM: 'the claim of the receipt cannot be decoded',
  RECEIPT_PROOF: 'the claim of the receipt does not contain the transfer',
  RECEIPT_OPERATION: 'the claim of the receipt does not contain the operation',
  NOT_FINAL: 'no final block orders the claim of the receipt',
} as const

export type CosignRefusal = keyof typeof COSIGN_REFUSALS

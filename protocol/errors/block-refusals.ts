// Why a block is refused, or cannot be built.

export const BLOCK_REFUSALS = {
  UNDECODABLE: 'the block is not strictly encoded',
  UNKNOWN_PARENT: 'the parent is neither final nor checked here',
  STALE: 'a final block stands at this height or above it',
  UNKNOWN_BLOCK: 'this block has not been checked here',
  UNKNOWN_EPOCH: 'no validator set is known for the epoch',
  WRONG_EXTRA_DATA: 'extraData does not carry version, mode, epoch, view and milliseconds',
  WRONG_MODE: 'the mode is not that of the epoch',
  WRONG_VIEW: 'epoch and view do not rise above those of the parent',
  WRONG_TIME: 'the time lies before that of the parent',
  WRONG_SIDECAR: 'the sidecar cannot be decoded or does not fit parent and validator set',
  WRONG_PROPOSER: 'the fee account is not that of the proposer',
  WRONG_HEADER: 'a field of the header differs from what execution gives',
  BAD_TRANSACTION: 'a transaction of the block cannot be decoded or executed',
  SENDERS_UNCHECKED: 'the signatures of the transactions could not be checked in time',
  NO_CANDIDATES: 'the mempool did not answer in time',
  STORE_FAILED: 'the block could not be written',
} as const

export type BlockRefusal = keyof typeof BLOCK_REFUSALS

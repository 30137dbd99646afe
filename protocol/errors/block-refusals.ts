// Why a block is refused, or cannot be built.

export const BLOCK_REFUSALS = {
  UNDECODABLE: 'the block is not strictly encoded',
  UNKNOWN_PARENT: 'the parent is neither final nor checked here',
  STALE: 'a final block stands at this height or above it',
  UNKNOWN_BLOCK: 'this block has not been checked here',
  WRONG_EPOCH: 'the epoch is not the one that follows the parent',
  WRONG_EXTRA_DATA: 'extraData does not carry version, mode, epoch, view and milliseconds',
  WRONG_MODE: 'the mode is not that of the epoch',
  WRONG_VIEW: 'the view does not rise above that of the parent',
  WRONG_TIME: 'the time lies before that of the parent',
  WRONG_SIDECAR: 'the sidecar cannot be decoded or does not fit parent and validator set',
  WRONG_PROPOSER: 'the fee account is not that of the proposer',
  WRONG_VRF: 'the VRF proof is not the proposer’s for this view',
  BAD_PARTICIPATION: 'the participation certificate is none of this epoch, or does not hold',
  BAD_CHECKPOINT: 'the checkpoint certificate is not the one that is still missing',
  BAD_EVIDENCE: 'a piece of evidence in the sidecar proves nothing',
  BAD_CLAIM: 'a claim of the rollup in the sidecar does not follow from the parent’s state',
  WRONG_HEADER: 'a field of the header differs from what execution gives',
  BAD_TRANSACTION: 'a transaction of the block cannot be decoded or executed',
  SENDERS_UNCHECKED: 'the signatures of the transactions could not be checked in time',
  NO_CANDIDATES: 'the mempool did not answer in time',
  STORE_FAILED: 'the block could not be written',
} as const

export type BlockRefusal = keyof typeof BLOCK_REFUSALS

// Why the body of a batch or its signatures are refused.

export const BATCH_REFUSALS = {
  BODY_LENGTH: 'the body is cut short, goes on after its end, or is above the limit',
  BODY_VERSION: 'the version of the body is unknown',
  BODY_COUNTS: 'a number in the head is out of range or differs from what the sections add up to',
  BODY_RESERVED: 'a reserved word is not zero',
  BODY_SECTION: 'a section is empty, of an unknown kind, or after the sparse one',
  BODY_COHORT: 'a cohort is out of range or not above the one before',
  BODY_BITMAP: 'the bitmap does not hold as many senders as the section, or all of a full cohort',
  BODY_SENDERS: 'a sender is out of range, not above the one before, or in a dense section too',
  BODY_OPERATION: 'an operation on a lock is of another kind than its part, or not well-formed',
  BODY_ABSENT: 'a position of an absent sender is out of range or not above the one before',
  BODY_SIGNATURE:
    'the aggregate is missing although somebody co-signed, or there although nobody did',
  BATCH_MISMATCH: 'shard, number or counts of the body are not those of the claim',
  BATCH_NOT_AFTER: 'the claim does not state the lowest height after which something is void',
  BATCH_NOT_BEFORE: 'the claim does not state the height above the deadlines of its refunds',
  FEE_ABOVE_MAX: 'the fee is above what an absent sender or a lock allows',
  NO_SPEND_KEY: 'who signed ordinarily has no key',
  BAD_SPEND_SIGNATURE: 'an ordinary signature, of an absent sender or an operation, does not hold',
  BAD_AGGREGATE: 'the aggregate is not that of the senders that co-signed',
} as const

export type BatchRefusal = keyof typeof BATCH_REFUSALS

// Why a fraud proof of the rollup is refused.

export const FRAUD_REFUSALS = {
  UNDECODABLE: 'the proof is not strictly encoded',
  WRONG_CLAIMS: 'the claims do not follow each other, or state no root where one is needed',
  BAD_EVIDENCE: 'a leaf or record is not in the tree that it is said to be in, or of no use here',
  NO_FRAUD: 'what the proof shows is as it should be',
} as const

export type FraudRefusal = keyof typeof FRAUD_REFUSALS

// What is fixed while an epoch lasts: its mode, who votes, its randomness, where it began and when
// it ends. They live in the state; everybody who holds the boundary block's state agrees on them.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'
import {
  decodeValidatorSet,
  encodeValidatorSet,
  type ModeNumber,
  type ValidatorSet,
  validatorSetHash,
} from './validator-set.ts'

/** A share of all stake, exact. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** What decides whether a set of signers is a quorum. */
export interface QuorumRules {
  readonly epoch: number
  readonly mode: ModeNumber
  /** BALANCED needs more than this share of all stake. */
  readonly balancedStake: Fraction
  readonly set: ValidatorSet
}

export interface EpochRules extends QuorumRules {
  /** validatorSetHash(set). */
  readonly setHash: Hex
  /** R_e: 32 bytes. */
  readonly seed: Hex
  readonly startHeight: number
  /** Time of the block that ended the epoch before, in Unix milliseconds. */
  readonly startMs: number
  /** The epoch ends with the first block that makes it so long, or that comes so late. */
  readonly epochBlocks: number
  readonly epochMs: number
}

export const BALANCED_STAKE_PUBLISHED: Fraction = { numerator: 1n, denominator: 3n }

export function isBoundary(
  rules: Pick<EpochRules, 'startHeight' | 'startMs' | 'epochBlocks' | 'epochMs'>,
  height: number,
  timestampMs: number,
): boolean {
  const { startHeight, startMs, epochBlocks, epochMs } = rules
  return height - startHeight + 1 >= epochBlocks || timestampMs - startMs >= epochMs
}

export function encodeEpochRules(rules: EpochRules): Uint8Array {
  return encodeRlp([
    rlpInteger(rules.epoch),
    rlpInteger(rules.mode),
    rlpInteger(rules.balancedStake.numerator),
    rlpInteger(rules.balancedStake.denominator),
    hexToBytes(rules.seed),
    rlpInteger(rules.startHeight),
    rlpInteger(rules.startMs),
    rlpInteger(rules.epochBlocks),
    rlpInteger(rules.epochMs),
    encodeValidatorSet(rules.set),
  ])
}

export function asMode(value: number): ModeNumber {
  if (value !== 0 && value !== 1 && value !== 2) throw new RlpError('unknown mode')
  return value
}

/** Throws RlpError. */
export function decodeEpochRules(bytes: Uint8Array): EpochRules {
  const items = asList(decodeRlp(bytes), 10)
  const number = (i: number) => asNumber(items[i])
  const set = decodeValidatorSet(asBytes(items[9]))
  return {
    epoch: number(0),
    mode: asMode(number(1)),
    balancedStake: { numerator: asInteger(items[2]), denominator: asInteger(items[3]) },
    seed: bytesToHex(asBytes(items[4], 32)),
    startHeight: number(5),
    startMs: number(6),
    epochBlocks: number(7),
    epochMs: number(8),
    set,
    setHash: validatorSetHash(set),
  }
}

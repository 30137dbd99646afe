// The stake checkpoint: what every bonded validator signs once an epoch, in every mode, about the
// block that ended it: the rules under which the next epoch's blocks become final, and those
// announced for the epoch after that.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import {
  asBytes,
  asInteger,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'
import { asMode, type Fraction } from './epoch-rules.ts'
import type { ModeNumber } from './validator-set.ts'

/** Rules by the hash of their set. */
export interface RulesDigest {
  readonly mode: ModeNumber
  readonly setHash: Hex
  readonly balancedStake: Fraction
}

export interface Checkpoint {
  /** The epoch that ended. */
  readonly epoch: number
  readonly blockHash: Hex
  readonly height: number
  /** Of epoch + 1. */
  readonly next: RulesDigest
  /** For epoch + 2, if this checkpoint is certified in time. */
  readonly announced: RulesDigest
}

function digestItems({ mode, setHash, balancedStake }: RulesDigest): RlpItem {
  const { numerator, denominator } = balancedStake
  return [rlpInteger(mode), hexToBytes(setHash), rlpInteger(numerator), rlpInteger(denominator)]
}

function readDigest(item: RlpItem | undefined): RulesDigest {
  const [mode, setHash, numerator, denominator] = asList(item, 4)
  return {
    mode: asMode(asNumber(mode)),
    setHash: bytesToHex(asBytes(setHash, 32)),
    balancedStake: { numerator: asInteger(numerator), denominator: asInteger(denominator) },
  }
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return encodeRlp([
    rlpInteger(checkpoint.epoch),
    hexToBytes(checkpoint.blockHash),
    rlpInteger(checkpoint.height),
    digestItems(checkpoint.next),
    digestItems(checkpoint.announced),
  ])
}

/** Throws RlpError. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const [epoch, blockHash, height, next, announced] = asList(decodeRlp(bytes), 5)
  return {
    epoch: asNumber(epoch),
    blockHash: bytesToHex(asBytes(blockHash, 32)),
    height: asNumber(height),
    next: readDigest(next),
    announced: readDigest(announced),
  }
}

/** What stands for the checkpoint in a CHECKPOINT vote. */
export function checkpointHash(checkpoint: Checkpoint): Hex {
  return keccakHex(encodeCheckpoint(checkpoint))
}

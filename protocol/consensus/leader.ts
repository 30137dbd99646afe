// The leader of a view: r = keccak256(R_e ‖ epoch ‖ view), then by rejection sampling over integers
// uniform (FAST), 70 % uniform and 30 % by stake (BALANCED), or by stake (SECURE).

import { bytesToBigint, concatBytes, u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import type { ValidatorSet } from './validator-set.ts'

const RANGE = 1n << 256n

/** A uniform integer in [0, below): draws that would favour small values are drawn again. */
function uniform(seed: Uint8Array, below: bigint): bigint {
  const limit = RANGE - (RANGE % below)
  let draw = keccak(seed)
  while (bytesToBigint(draw) >= limit) draw = keccak(draw)
  return bytesToBigint(draw) % below
}

function byStake(set: ValidatorSet, seed: Uint8Array): number {
  const total = set.validators.reduce((sum, validator) => sum + validator.stake, 0n)
  let at = uniform(seed, total)
  for (const validator of set.validators) {
    if (at < validator.stake) return validator.index
    at -= validator.stake
  }
  return 0
}

export function viewRandomness(seed: Hex, epoch: number, view: number): Uint8Array {
  return keccak(concatBytes(hexToBytes(seed), u64(epoch), u64(view)))
}

export function leaderOf(set: ValidatorSet, seed: Hex, view: number): number {
  const randomness = viewRandomness(seed, set.epoch, view)
  const tagged = (tag: number) => concatBytes(Uint8Array.of(tag), randomness)
  const anyone = () => Number(uniform(tagged(1), BigInt(set.validators.length)))
  if (set.mode === 0) return anyone()
  if (set.mode === 1 && uniform(tagged(0), 100n) < 70n) return anyone()
  return byStake(set, tagged(2))
}

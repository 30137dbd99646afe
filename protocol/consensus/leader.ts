// The leader of a view: r = keccak256(R_e ‖ epoch ‖ view), then by rejection sampling over integers
// uniform over the authorities (FAST), that with 70 % and a staker by stake with 30 % (BALANCED),
// or anybody by stake (SECURE).

import { bytesToBigint, concatBytes, u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import type { EpochRules } from './epoch-rules.ts'
import { authoritiesOf, type ValidatorSet } from './validator-set.ts'

const RANGE = 1n << 256n

/** A uniform integer in [0, below): draws that would favour small values are drawn again. */
function uniform(seed: Uint8Array, below: bigint): bigint {
  const limit = RANGE - (RANGE % below)
  let draw = keccak(seed)
  while (bytesToBigint(draw) >= limit) draw = keccak(draw)
  return bytesToBigint(draw) % below
}

function byStake(among: ValidatorSet['validators'], seed: Uint8Array): number {
  const total = among.reduce((sum, validator) => sum + validator.stake, 0n)
  let at = uniform(seed, total)
  for (const validator of among) {
    if (at < validator.stake) return validator.index
    at -= validator.stake
  }
  return 0
}

export function viewRandomness(seed: Hex, epoch: number, view: number): Uint8Array {
  return keccak(concatBytes(hexToBytes(seed), u64(epoch), u64(view)))
}

/** BALANCED takes an authority in so many of 100 views. */
const AUTHORITY_PERCENT = 70n

export function leaderOf(
  { mode, epoch, seed, set }: Pick<EpochRules, 'mode' | 'epoch' | 'seed' | 'set'>,
  view: number,
): number {
  const randomness = viewRandomness(seed, epoch, view)
  const tagged = (tag: number) => concatBytes(Uint8Array.of(tag), randomness)
  const authorities = authoritiesOf(set)
  const authority = () => {
    const at = uniform(tagged(1), BigInt(authorities.length))
    return (authorities[Number(at)] as { index: number }).index
  }
  if (mode === 0) return authority()
  if (mode === 2) return byStake(set.validators, tagged(2))
  const stakers = set.validators.filter((validator) => !validator.authority)
  // Without stakers the draw is among all bonded validators: the authorities.
  const drawn = stakers.length > 0 ? stakers : set.validators
  return uniform(tagged(0), 100n) < AUTHORITY_PERCENT ? authority() : byStake(drawn, tagged(2))
}

// Whether a claim is signed by the sequencer that it names.

import { hexToBytes } from '../../lib/hex.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { claimDigest } from '../../protocol/rollup/claim.ts'
import type { HeldBatch } from './held-batch.ts'
import type { ShardProps } from './shard-props.ts'

/** Undefined where it cannot be said: the claim is of an epoch that is not ours. */
export function isSignedBy(
  rules: EpochRules | undefined,
  { genesisHash, ports }: ShardProps,
  { claim, hash }: Pick<HeldBatch, 'claim' | 'hash'>,
): boolean | undefined {
  if (rules?.epoch !== claim.epoch) return undefined
  const key = rules.set.validators[claim.sequencer]?.blsPublicKey
  if (!key) return false
  return ports.bls.verify(hexToBytes(key), claimDigest(genesisHash, hash), claim.signature)
}

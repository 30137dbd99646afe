// Which of several co-signatures spoil an aggregate. A sequencer adds them all up and checks once;
// only when that fails it looks for the bad ones, by halving.

import type { Bls } from '../crypto/signatures.ts'
import { type CosignerKeys, signersOfIndices } from './signers.ts'

/** Accounts that answered together, and the sum of their signatures. */
export interface CosignGroup {
  /** In rising order; no account is in two groups. */
  readonly accounts: Uint32Array
  /** 96 bytes. */
  readonly signature: Uint8Array
}

/** The aggregate, or undefined if a signature is malformed. */
export function aggregateGroups(
  groups: readonly CosignGroup[],
  aggregate: Bls['aggregate'],
): Uint8Array | undefined {
  try {
    return aggregate(groups.map((group) => group.signature))
  } catch {
    return undefined
  }
}

function holds(
  groups: readonly CosignGroup[],
  digest: Uint8Array,
  keys: CosignerKeys,
  aggregate: Bls['aggregate'],
): boolean {
  const signature = aggregateGroups(groups, aggregate)
  if (!signature) return false
  const length = groups.reduce((sum, group) => sum + group.accounts.length, 0)
  const accounts = new Uint32Array(length)
  let at = 0
  for (const group of groups) {
    accounts.set(group.accounts, at)
    at += group.accounts.length
  }
  return keys.verify(signersOfIndices(accounts.sort()), digest, signature)
}

/**
 * Indices of groups to leave out: without them the aggregate of the others holds. One check when
 * all are good, about 2 · log2(n) more for each bad one. Groups that are wrong each but right
 * together stay: their sum is the signature of their accounts, which is all that anybody checks.
 */
export function badGroups(
  groups: readonly CosignGroup[],
  digest: Uint8Array,
  keys: CosignerKeys,
  aggregate: Bls['aggregate'],
): number[] {
  const search = (start: number, end: number): number[] => {
    if (start === end || holds(groups.slice(start, end), digest, keys, aggregate)) return []
    if (end - start === 1) return [start]
    const middle = (start + end) >> 1
    return [...search(start, middle), ...search(middle, end)]
  }
  return search(0, groups.length)
}

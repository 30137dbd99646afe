// What a lying sequencer may say of a batch, and the memory of what was said: none of it may become
// final.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { sha256Bytes } from '../../../protocol/crypto/sha256.ts'
import { HEAD_WORDS } from '../../../protocol/rollup/body-layout.ts'
import type { Claim, UnsignedClaim } from '../../../protocol/rollup/claim.ts'

/**
 * wrong-root: claims another root than the state's; wrong-trace: another trace; wrong-supply: one
 * unit more; bad-aggregate: another signature in the body; withheld: a body that nobody gets;
 * equivocate: two claims with one number, both true, one for each half of the others.
 */
export const LIES = [
  'wrong-root',
  'wrong-trace',
  'wrong-supply',
  'bad-aggregate',
  'withheld',
  'equivocate',
] as const
/**
 * false-credits: pays another shard more than the senders did; parcel-again: consumes a parcel a
 * second time, or one that nobody sent.
 */
export const SHARD_LIES = [...LIES, 'false-credits', 'parcel-again'] as const
export type Lie = (typeof SHARD_LIES)[number]

const OTHER: Hex = `0x${'5b'.repeat(32)}`

/** A forged claim with what it stands for. */
export interface Forged {
  readonly hash: Hex
  readonly shard: number
  readonly number: number
  readonly parent: Hex
  /** Node that has made it. */
  readonly by: string
  readonly claim: Uint8Array
  readonly body: Uint8Array
}

interface Forgery {
  readonly claim: UnsignedClaim
  readonly body: Uint8Array
}

function moreCredits({ shard, outbox }: Claim, shards: number): Claim['outbox'] {
  const [first, ...rest] = outbox
  if (first) return [{ ...first, amount: first.amount + 1n }, ...rest]
  return [{ shard: (shard + 1) % shards, credits: 1, amount: 5n, root: OTHER }]
}

/** The first parcel of a shard: long consumed, or never sent. */
function consumedAgain({ shard, consumed }: Claim, shards: number): Claim['consumed'] {
  const source = (shard + 1) % shards
  const others = consumed.filter((one) => one.shard !== source)
  return [...others, { shard: source, number: 1 }].sort((a, b) => a.shard - b.shard)
}

function otherSignature(bytes: Uint8Array): Uint8Array {
  const body = bytes.slice()
  const at = 4 * HEAD_WORDS
  body[at] = (body[at] as number) ^ 1
  return body
}

/** The true claim and its body with one thing changed; `shards`: of the rollup. */
export function forgeClaim(lie: Lie, claim: Claim, bytes: Uint8Array, shards: number): Forgery {
  const body = lie === 'bad-aggregate' ? otherSignature(bytes) : bytes
  const changed = (change: Partial<UnsignedClaim>) => ({ claim: { ...claim, ...change }, body })
  switch (lie) {
    case 'wrong-root':
      return changed({ stateRoot: OTHER })
    case 'wrong-trace':
      return changed({ traceRoot: OTHER })
    case 'wrong-supply':
      return changed({ supply: claim.supply + 1n })
    case 'withheld':
      return changed({ bodyHash: OTHER })
    case 'bad-aggregate':
      return changed({ bodyHash: bytesToHex(sha256Bytes(body)) })
    case 'false-credits':
      return changed({ outbox: moreCredits(claim, shards) })
    case 'parcel-again':
      return changed({ consumed: consumedAgain(claim, shards) })
    case 'equivocate': {
      const { stateRoot, number } = claim
      return changed({ stateRoot: stateRoot && number > 1 ? undefined : stateRoot })
    }
  }
}

/** What all liars of a seed have told, and know of each other. */
export class ToldLies {
  private readonly lie: Lie | undefined
  /** By hash of the forged claim. */
  private readonly told = new Map<Hex, Forged>()

  constructor(lie: Lie | undefined) {
    this.lie = lie
  }

  add(forged: Forged): void {
    this.told.set(forged.hash, forged)
  }

  get(hash: Hex): Forged | undefined {
    return this.told.get(hash)
  }

  at(shard: number, number: number, by: string): Forged | undefined {
    const isIt = (one: Forged) => one.shard === shard && one.number === number && one.by === by
    return [...this.told.values()].find(isIt)
  }

  /** The first one that stands on a claim. */
  on(parent: Hex): Forged | undefined {
    return [...this.told.values()].find((one) => one.parent === parent)
  }

  /** Of two claims with one number, both true, either may become final: not so anything else. */
  falseFinal(hash: Hex): string[] {
    if (this.lie === 'equivocate') return []
    const one = this.told.get(hash)
    return one ? [`lie: ${this.lie} is final as claim ${one.number} of shard ${one.shard}`] : []
  }

  /** Of how many a number is final with another claim. `final`: hashes by shard, from claim 1 on. */
  refused(final: readonly (readonly Hex[])[]): Record<string, number> {
    let count = 0
    for (const [hash, { shard, number }] of this.told) {
      const other = final[shard]?.[number - 1]
      if (other !== undefined && other !== hash) count++
    }
    return this.lie && count > 0 ? { [`refused-${this.lie}`]: count } : {}
  }
}

// Ports that count what is asked of them: how often consensus signs and checks.

import type { Bls, Vrf } from '../../../protocol/crypto/signatures.ts'

export class CallCounts {
  private readonly counts = new Map<string, number>()

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  reset(): void {
    this.counts.clear()
  }

  /** Divided by `parts`, for a count a block and validator. */
  per(parts: number): Map<string, number> {
    return new Map([...this.counts].map(([name, count]) => [name, count / parts]))
  }
}

/** What is aggregated costs by how many there are: their number is in the name. */
export function countedBls(bls: Bls, counts: CallCounts): Bls {
  return {
    ...bls,
    sign: (key, message) => {
      counts.add('sign')
      return bls.sign(key, message)
    },
    verify: (key, message, signature) => {
      counts.add('verify')
      return bls.verify(key, message, signature)
    },
    aggregate: (signatures) => {
      counts.add(`aggregate ${signatures.length}`)
      return bls.aggregate(signatures)
    },
    verifyAggregate: (keys, message, signature) => {
      counts.add(`verify aggregate ${keys.length}`)
      return bls.verifyAggregate(keys, message, signature)
    },
  }
}

export function countedVrf(vrf: Vrf, counts: CallCounts): Vrf {
  return {
    ...vrf,
    prove: (key, alpha) => {
      counts.add('vrf prove')
      return vrf.prove(key, alpha)
    },
    verify: (key, alpha, proof) => {
      counts.add('vrf verify')
      return vrf.verify(key, alpha, proof)
    },
  }
}

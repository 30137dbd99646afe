// Whether a final block orders a claim, by a light client: the node that is asked need not be
// trusted.

import { RlpError } from '../../protocol/rlp/rlp.ts'
import { claimHash, decodeClaim } from '../../protocol/rollup/claim.ts'
import type { LightClient } from '../light/light-client.ts'
import { LightError } from '../light/light-error.ts'
import { type Ask, fieldsOf, numberOf, quantity } from '../light/light-rpc.ts'
import type { IsFinalClaim } from './rollup-account.ts'

/** `client` and `ask` may be of two nodes. What it returns rejects with LightError. */
export function finalClaims(client: LightClient, ask: Ask): IsFinalClaim {
  return async (shard, number, hash) => {
    const result = await ask('rollup_getClaim', [quantity(number), quantity(shard)])
    if (result === null) return false
    const height = numberOf(fieldsOf(result).blockNumber, 'blockNumber')
    const { claims } = await client.sidecar(height)
    try {
      return claims.some((claim) => claimHash(decodeClaim(claim)) === hash)
    } catch (error) {
      if (error instanceof RlpError) throw new LightError('UNDECODABLE', error.message)
      throw error
    }
  }
}

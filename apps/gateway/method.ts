// A JSON-RPC method: its name, what it expects, what it does. One file each under methods/.

import type { Hex } from '../../lib/hex.ts'
import type { ValidatorSet } from '../../protocol/consensus/validator-set.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import type { ShareProof } from '../../protocol/light/genesis-share.ts'
import type { EdgeStep } from '../edge/edge-trace.ts'
import type { BlockCache } from './block-cache.ts'
import type { ChainAccess } from './chain-access.ts'
import { RpcError } from './errors.ts'
import { type Param, readParams, type Values } from './params.ts'
import type { PendingFeed } from './pending-feed.ts'
import type { OperationDesk } from './rollup/operation-desk.ts'
import type { OrdinaryTransfers } from './rollup/ordinary-transfers.ts'
import type { RollupAccess } from './rollup/rollup-access.ts'
import type { SubscriptionDesk } from './subscription-desk.ts'

export interface RpcContext {
  readonly chain: ChainAccess
  readonly blocks: BlockCache
  readonly pending: PendingFeed
  readonly rollup: RollupAccess
  /** For transfers that come alone. */
  readonly ordinary: OrdinaryTransfers
  readonly operations: OperationDesk
  readonly chainId: bigint
  readonly genesisHash: Hex
  /** The validators of the first epoch; later ones come from the chain. */
  readonly validatorSet: ValidatorSet
  /** Of the genesis. */
  readonly genesisShare: ShareProof
  /** Such as AITBC/v0.1.0. */
  readonly clientVersion: string
  readonly secp256k1: Secp256k1
  /** The request's step in the trace that it came with; a method that names it is shown there. */
  readonly step?: EdgeStep
  /** The WebSocket that the request came over; absent over HTTP. */
  readonly desk?: SubscriptionDesk
}

export interface Method {
  readonly name: string
  /**
   * For neighbours in a batch: what each gave, in their order, an RpcError where it gave nothing.
   * Rejects when all of them fail.
   */
  runMany?(context: RpcContext, given: readonly (readonly unknown[])[]): Promise<readonly unknown[]>
  /** Rejects with RpcError for what the client did wrong or the chain refuses. */
  run(context: RpcContext, given: readonly unknown[]): Promise<unknown>
}

export function method<const P extends readonly Param<unknown>[]>(
  name: string,
  params: P,
  run: (context: RpcContext, ...values: Values<P>) => unknown,
): Method {
  return {
    name,
    run: async (context, given) => run(context, ...readParams(params, given)),
  }
}

/** A method that takes calls together: `run` gives what `runMany` does, of those it can read. */
export function methodOfMany<const P extends readonly Param<unknown>[]>(
  name: string,
  params: P,
  run: (context: RpcContext, calls: readonly Values<P>[]) => Promise<readonly unknown[]>,
): Method & Required<Pick<Method, 'runMany'>> {
  const runMany = async (context: RpcContext, given: readonly (readonly unknown[])[]) => {
    const outcomes: unknown[] = []
    const calls: Values<P>[] = []
    const places: number[] = []
    for (const [i, one] of given.entries()) {
      try {
        calls.push(readParams(params, one))
        places.push(i)
      } catch (error) {
        if (!(error instanceof RpcError)) throw error
        outcomes[i] = error
      }
    }
    const found = calls.length > 0 ? await run(context, calls) : []
    for (const [i, place] of places.entries()) outcomes[place] = found[i]
    return outcomes
  }
  return {
    name,
    runMany,
    async run(context, given) {
      const [outcome] = await runMany(context, [given])
      if (outcome instanceof RpcError) throw outcome
      return outcome
    },
  }
}

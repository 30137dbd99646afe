// The two ways in which `aitbc run` pays: by an escrow of the market module on the base chain, or
// by a lock of the rollup.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { encodeCancel, encodeOpenEscrow } from '../../protocol/market/market-calls.ts'
import type { JobMoney } from '../../sdk/coordinator/coordinator-client.ts'
import type { ChainClient } from './chain-client.ts'
import type { JobQuote, JobRequest } from './job-desk.ts'
import * as lines from './screen/run-lines.ts'

export interface LockedMoney {
  /** What the job is submitted with. */
  readonly money: JobMoney
  /** For people. */
  readonly line: string
  /** How long a coordinator that is silent is asked again: money in a lock cannot be recalled. */
  readonly patienceMs: number
  /** What becomes of it when the job is not accepted, for people. */
  giveBack(): Promise<string>
  /** The command has ended; `isOver`: the job too, or it was refused. */
  end(isOver: boolean): void
}

export interface JobPayer {
  readonly payment: 'market' | 'rollup'
  /** Resolves when the price is locked for good. Rejects with CliError. */
  lock(request: JobRequest, quote: JobQuote): Promise<LockedMoney>
  /** What a command that was cut off has locked for the same request. Rejects with CliError. */
  unfinished(
    request: JobRequest,
  ): Promise<{ readonly quote: JobQuote; readonly locked: LockedMoney } | undefined>
}

export function escrowPayer(chain: ChainClient): JobPayer {
  return {
    payment: 'market',
    // Whoever was cut off has a job without a coordinator: it is refunded after its deadline.
    unfinished: async () => undefined,
    async lock(_, quote) {
      const { jobId, coordinator, requestHash, modelRoot, priceWei, deadlineSeconds } = quote
      const deadline = BigInt(deadlineSeconds)
      const terms = { jobId, coordinator, requestHash, modelRoot, priceCap: priceWei, deadline }
      const to = quote.market
      const data = bytesToHex(encodeOpenEscrow(terms))
      const { hash, block, ms } = await chain.send({ to, data, value: priceWei })
      const cancel = bytesToHex(encodeCancel(jobId))
      return {
        money: { escrow_tx: hash as Hex },
        line: lines.escrowLine({ wei: priceWei, tx: hash, block, ms }),
        patienceMs: 0,
        end: () => {},
        // Nobody is assigned yet.
        async giveBack() {
          try {
            await chain.send({ to, data: cancel, value: 0n })
            return lines.returnedLine(priceWei)
          } catch {
            return lines.lockedUntilLine(priceWei, deadlineSeconds)
          }
        },
      }
    },
  }
}

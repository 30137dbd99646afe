// What became of transfers whose sequencer or gateway went away: whoever took them may have sealed
// them, and nobody says so. The claims say it. What a later sequencer has made final comes after
// all that the one before it got ordered, so what is not in the claims up to there never will be.

import { setTimeout as pause } from 'node:timers/promises'
import type { Hex } from '../../../../lib/hex.ts'
import { type Claim, claimHash, decodeClaim } from '../../../../protocol/rollup/claim.ts'
import { readBody } from '../../../../protocol/rollup/read-body.ts'
import {
  type TransferColumns,
  transferColumns,
} from '../../../../protocol/rollup/transfer-columns.ts'
import type { ClaimFrame } from '../../../../sdk/rollup/wire/server-frames.ts'
import { ClaimsReader } from '../claims-reader.ts'
import type { OpenSubmission } from './open-submission.ts'

/** What nobody could take, or tell, is tried again after so long. */
export const AGAIN_MS = 50
/** Without any transfers that come after those in doubt. */
export const DOUBT_MS = 4000

export interface ReadClaim {
  readonly claim: Claim
  readonly hash: Hex
  readonly columns: TransferColumns
}

function readClaim(frame: ClaimFrame): ReadClaim {
  const claim = decodeClaim(frame.claim)
  const read = readBody(frame.body)
  if (!read.ok) throw new Error(`the body of claim ${frame.number}: ${read.code}`)
  return { claim, hash: claimHash(claim), columns: transferColumns(read.body) }
}

/** Claims from one number to another (to the last final one without it), from any gateway. */
export async function readClaims(
  ws: readonly string[],
  shard: number,
  from: number,
  to: number | undefined,
): Promise<ReadClaim[]> {
  const claims: ReadClaim[] = []
  for (let which = 0; ; which++) {
    let reader: ClaimsReader | undefined
    try {
      reader = await ClaimsReader.open(ws[which % ws.length] as string)
      const last = to ?? (await reader.head(shard)).number
      while (from + claims.length <= last) {
        const frame = await reader.claim(from + claims.length, shard)
        // That node is not as far yet.
        if (!frame) break
        claims.push(readClaim(frame))
      }
      if (from + claims.length > last) return claims
    } catch {
      // That gateway is down: the next one.
    } finally {
      reader?.close()
    }
    await pause(AGAIN_MS)
  }
}

export interface Executed {
  readonly number: number
  readonly open: OpenSubmission
  readonly offset: number
  count: number
}

/** Transfers in doubt by their senders, of whom each has one under way. */
export class DoubtIndex {
  private readonly opens: readonly (readonly [number, OpenSubmission])[]
  private readonly openOf: Int32Array
  private readonly offsetOf: Int32Array

  constructor(opens: readonly (readonly [number, OpenSubmission])[], accounts: number) {
    this.opens = opens
    this.openOf = new Int32Array(accounts).fill(-1)
    this.offsetOf = new Int32Array(accounts)
    for (const [i, [, { submission }]] of opens.entries()) {
      for (let offset = 0; offset < submission.count; offset++) {
        const index = submission.indexAt(offset)
        this.openOf[index] = i
        this.offsetOf[index] = offset
      }
    }
  }

  /** Which of them are in a claim and were not over, as runs of offsets. */
  executedIn({ claim, columns: { from, to, amountLo } }: ReadClaim): Executed[] {
    const found: Executed[] = []
    for (let i = 0; i < from.length; i++) {
      const entry = this.opens[this.openOf[from[i] as number] as number]
      if (!entry) continue
      const [number, open] = entry
      const { submission, doubtFrom = 0 } = open
      const offset = this.offsetOf[from[i] as number] as number
      const isSame = to[i] === submission.to[offset] && amountLo[i] === submission.amount[offset]
      if (!isSame || claim.number < doubtFrom || open.isEnded(offset)) continue
      const last = found.at(-1)
      if (last?.number === number && last.offset + last.count === offset) last.count++
      else found.push({ number, open, offset, count: 1 })
    }
    return found
  }
}

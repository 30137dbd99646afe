// What other validators send, before the core sees it: is it really from the node that it names, is
// it within that node's rate, can it be read? What no honest node sends is held against its sender;
// too much of it closes the link for a while (runtime/remote/conduct.ts).

import {
  PEER_EXCESS_PER_RUBBISH,
  VALIDATOR_PEER_BYTES_BURST,
  VALIDATOR_PEER_BYTES_PER_SECOND,
  VALIDATOR_PEER_MESSAGES_BURST,
  VALIDATOR_PEER_MESSAGES_PER_SECOND,
} from '../../config/limits.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'
import { type ConsensusMessage, decodeMessage } from '../../protocol/consensus/consensus-message.ts'
import type { SimplexEffect } from '../../protocol/consensus/simplex-types.ts'
import type { Context } from '../../runtime/context.ts'
import { ref } from '../../runtime/ref.ts'
import { ValidatorMessages } from '../messages/validator.ts'

export type PeerRefusal = 'NOT_FROM_SENDER' | 'THROTTLED' | 'UNDECODABLE'

type Refused = Extract<SimplexEffect, { type: 'refused' }>

/** What is stale, early, doubled or contradictory is not among these: honest nodes are late, too. */
const NEVER_HONEST = [
  'forged-certificate',
  'forged-proposal',
  'forged-vote',
  'malformed-proposal',
  'malformed-vote',
  'malformed-get',
  'not-from-the-leader',
  'vote-of-another',
  'wrong-parent-view',
  'wrong-validator-set',
]

class Allowance {
  private readonly messages: TokenBucket
  private readonly bytes: TokenBucket
  /** Messages over the rate. */
  excess = 0

  constructor(now: number) {
    const perSecond = VALIDATOR_PEER_MESSAGES_PER_SECOND
    this.messages = new TokenBucket(perSecond, VALIDATOR_PEER_MESSAGES_BURST, now)
    const bytesPerSecond = VALIDATOR_PEER_BYTES_PER_SECOND
    this.bytes = new TokenBucket(bytesPerSecond, VALIDATOR_PEER_BYTES_BURST, now)
  }

  take(bytes: number, now: number): boolean {
    if (this.messages.take(1, now) && this.bytes.take(bytes, now)) return true
    this.excess++
    return false
  }
}

export class PeerDesk {
  private readonly ctx: Context
  private readonly allowances = new Map<string, Allowance>()
  /** Messages refused, by why. */
  readonly refused: Record<PeerRefusal, number> = {
    NOT_FROM_SENDER: 0,
    THROTTLED: 0,
    UNDECODABLE: 0,
  }

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** The message, when there is nothing against it. `from` is the node that it says it is from. */
  read(from: string, bytes: Uint8Array): ConsensusMessage | undefined {
    const { ctx } = this
    if (!ctx.isFrom(ValidatorMessages, from)) return this.bad('NOT_FROM_SENDER', from)
    const now = ctx.now()
    const allowance = this.allowances.get(from) ?? new Allowance(now)
    this.allowances.set(from, allowance)
    if (!allowance.take(bytes.length, now)) {
      this.refused.THROTTLED++
      if (allowance.excess % PEER_EXCESS_PER_RUBBISH === 1) ctx.blame('sends too much')
      return undefined
    }
    return decodeMessage(bytes) ?? this.bad('UNDECODABLE', from)
  }

  /** What the core refused: held against its sender when no honest node sends it. */
  refusedByCore({ code, from, fields }: Refused): void {
    this.ctx.log('debug', 'a consensus message is refused', { code, from, ...fields })
    if (from === undefined || !NEVER_HONEST.includes(code)) return
    this.ctx.blame(`consensus: ${code}`, ref(ValidatorMessages.kind, from))
  }

  private bad(code: PeerRefusal, from: string): undefined {
    this.refused[code]++
    // Said once in a while: whoever sends rubbish must not fill the disk with it.
    if (Number.isInteger(Math.log2(this.refused[code]))) {
      this.ctx.log('warn', 'a consensus message is refused', { from, code, so: this.refused[code] })
    }
    this.ctx.blame(`consensus: ${code}`)
  }
}

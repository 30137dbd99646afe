// What all senders together remember: what they were told is final, and what they have co-signed.

import type { Hex } from '../../../lib/hex.ts'
import type { Transfer } from '../../../protocol/rollup/cosign.ts'

interface Final {
  readonly to: number
  readonly amount: bigint
  readonly claim: Hex
  /** Of the claim. */
  readonly number: number
}

export class SenderLog {
  /** `from/nonce` → what is final there. */
  readonly final = new Map<string, Final>()
  /** `from/nonce` → the transfer that was co-signed with it. */
  readonly signed = new Map<string, string>()
  readonly violations: string[] = []
  resubmitted = 0
  /** Nobody submits anything new for now. */
  isResting = false
  /** And for so long that who waits for nothing asks for news but seldom. */
  isAway = false

  /** A word that was given is never taken back: the first one stays, another one is a violation. */
  saidFinal({ from, nonce, to, amount }: Transfer, claim: Hex, number: number): void {
    const key = `${from}/${nonce}`
    const before = this.final.get(key)
    if (before === undefined) this.final.set(key, { to, amount, claim, number })
    else if (before.claim !== claim || before.to !== to || before.amount !== amount) {
      this.violations.push(
        `lost: transfer ${key} was final in claim ${before.number}, then in claim ${number} ` +
          `(${before.claim.slice(0, 10)}, ${claim.slice(0, 10)})`,
      )
    }
  }
}

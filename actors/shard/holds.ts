// Blocks that are being checked, and wait for their claims: answered when these are held, verified
// and durable here, or wrong, or when it takes too long.

import type { Context } from '../../runtime/context.ts'
import type { ClaimLine, Point } from './claim-line.ts'
import { type HeldBatch, readClaim } from './held-batch.ts'
import type { ShardProps } from './shard-props.ts'

type Reply = (code: string, detail: string) => void

export interface WantedClaim extends Point {
  readonly sequencer: number
}

interface Hold {
  readonly claims: readonly WantedClaim[]
  readonly untilMs: number
  readonly reply: Reply
}

interface Ports {
  isReady(held: HeldBatch): boolean
  goTo(held: HeldBatch): boolean
  want(point: Point, sequencer: number): void
  look(): void
}

export class Holds {
  private readonly ctx: Context
  private readonly shard: number
  private readonly line: ClaimLine
  private readonly ports: Ports
  private holds: Hold[] = []

  constructor(ctx: Context, { shard }: Pick<ShardProps, 'shard'>, line: ClaimLine, ports: Ports) {
    this.ctx = ctx
    this.shard = shard
    this.line = line
    this.ports = ports
  }

  /** Undefined where one is none of the shard's. */
  read(encoded: readonly Uint8Array[]): WantedClaim[] | undefined {
    const claims: WantedClaim[] = []
    for (const one of encoded) {
      const known = readClaim(one)
      if (known?.claim.shard !== this.shard) return undefined
      const { number, sequencer } = known.claim
      claims.push({ hash: known.hash, number, sequencer })
    }
    return claims
  }

  add(claims: readonly WantedClaim[], withinMs: number, reply: Reply): void {
    this.holds.push({ claims, untilMs: this.ctx.now() + withinMs, reply })
  }

  /** Outside of the committee: its certificate is enough for what is not known to be wrong. */
  answerOutside(claims: readonly WantedClaim[], reply: Reply): void {
    const { line, ports } = this
    let [isAhead, isFalse] = [false, false]
    for (const { hash, number, sequencer } of claims) {
      const held = line.find(hash)
      if (!held && number > line.final.number) ports.want({ number, hash }, sequencer)
      if (held?.verdict !== undefined && held.verdict !== '') isFalse = true
      else if (!held || !ports.isReady(held)) isAhead = true
    }
    if (isAhead && !isFalse) this.ctx.reached('shard-voted-by-certificate')
    reply(isFalse ? 'BAD_CLAIM' : '', '')
  }

  /** The shard takes up its state from elsewhere. */
  pause(): void {
    for (const { reply } of this.holds.splice(0)) reply('SYNCING', '')
  }

  settle(): void {
    const now = this.ctx.now()
    let soonest: number | undefined
    const open: Hold[] = []
    for (const hold of this.holds) {
      const code = this.codeOf(hold.claims)
      if (code !== undefined) hold.reply(code, '')
      else if (now >= hold.untilMs) {
        this.ctx.reached('shard-not-held')
        hold.reply('CLAIM_NOT_HELD', '')
      } else {
        open.push(hold)
        soonest = Math.min(soonest ?? hold.untilMs, hold.untilMs)
      }
    }
    this.holds = open
    if (soonest !== undefined) {
      this.ctx.after('holds', Math.max(1, soonest - now), () => this.ports.look())
    }
  }

  /** Undefined while it is not known. */
  private codeOf(claims: readonly WantedClaim[]): string | undefined {
    const { line, ports } = this
    for (const { hash, number, sequencer } of claims) {
      if (number <= line.final.number) {
        if (hash === line.final.hash) continue
        return number === line.final.number ? 'BAD_CLAIM' : 'CLAIM_NOT_HELD'
      }
      const held = line.find(hash)
      if (!held) {
        ports.want({ number, hash }, sequencer)
        return undefined
      }
      if (held.verdict === undefined) ports.goTo(held)
      if (held.verdict !== undefined && held.verdict !== '') return 'BAD_CLAIM'
      if (!ports.isReady(held)) return undefined
    }
    return ''
  }
}

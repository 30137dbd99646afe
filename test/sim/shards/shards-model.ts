// The money of all shards as plain maps, executed again claim by claim in the order of the blocks:
// what each account has, what is in each shard, what is under way, and who has got it.

import type { Hex } from '../../../lib/hex.ts'
import type { Body } from '../../../protocol/rollup/body-layout.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { transferColumns } from '../../../protocol/rollup/transfer-columns.ts'
import { BALANCE } from '../rollup/rollup-chain.ts'
import type { ShardsChain } from './shards-chain.ts'

interface Credit {
  readonly to: number
  readonly amount: bigint
}

/** Of one claim for one shard, while it is under way. */
interface UnderWay {
  readonly credits: readonly Credit[]
  /** Of the block that stated a root over it. */
  statedMs: number | undefined
}

export class ShardsModel {
  readonly violations: string[] = []
  readonly balances = new Map<number, bigint>()
  readonly nonces = new Map<number, number>()
  /** `from/nonce` → `to:amount`. */
  readonly done = new Map<string, string>()
  consumed = 0
  private readonly chain: ShardsChain
  /** `source/number/destination`. */
  private readonly underWay = new Map<string, UnderWay>()
  private readonly supplies: bigint[]
  private readonly lastConsumed = new Map<string, number>()

  constructor(chain: ShardsChain) {
    this.chain = chain
    const { shards, accounts } = chain.rollup
    this.supplies = Array.from({ length: shards }, () => 0n)
    for (let index = 0; index < accounts; index++) this.add(index, BALANCE)
  }

  private add(index: number, amount: bigint): void {
    const shard = shardOf(index, this.chain.rollup.shards)
    this.supplies[shard] = (this.supplies[shard] as bigint) + amount
    const after = (this.balances.get(index) ?? 0n) + amount
    if (after < 0n) this.violations.push(`overdrawn: account ${index}`)
    this.balances.set(index, after)
  }

  get total(): bigint {
    let sum = this.supplies.reduce((a, b) => a + b, 0n)
    for (const { credits } of this.underWay.values()) {
      for (const { amount } of credits) sum += amount
    }
    return sum
  }

  /** Parcels that nobody has consumed, their root stated or not. */
  waiting(): string[] {
    return [...this.underWay.keys()]
  }

  /** Parcels whose root was stated before this time, and that nobody has consumed. */
  waitingSince(beforeMs: number): string[] {
    const isDue = ({ statedMs }: UnderWay) => statedMs !== undefined && statedMs < beforeMs
    return [...this.underWay].filter(([, parcel]) => isDue(parcel)).map(([key]) => key)
  }

  execute(claim: Claim, hash: Hex, body: Body, timestampMs: number): void {
    const { shard, number } = claim
    const say = (what: string) =>
      this.violations.push(`${what} (claim ${number} of shard ${shard})`)
    for (const { shard: source, number: of } of claim.consumed) {
      const key = `${source}/${of}/${shard}`
      const parcel = this.underWay.get(key)
      if (!parcel) say(`parcel: ${key} is consumed again, or never was`)
      for (const { to, amount } of parcel?.credits ?? []) this.add(to, amount)
      this.underWay.delete(key)
      const last = this.lastConsumed.get(`${source}/${shard}`) ?? 0
      if (of <= last) say(`parcel: ${key} after ${last}`)
      this.lastConsumed.set(`${source}/${shard}`, of)
      this.consumed++
    }
    this.transfers(claim, body, say)
    if (claim.stateRoot !== undefined) {
      for (const [key, parcel] of this.underWay) {
        if (key.startsWith(`${shard}/`)) parcel.statedMs ??= timestampMs
      }
    }
    if (claim.supply !== this.supplies[shard]) say(`supply: claimed ${claim.supply} ${hash}`)
    const { accounts } = this.chain.rollup
    if (this.total !== BigInt(accounts) * BALANCE) say(`supply: ${this.total} over all shards`)
  }

  private transfers(claim: Claim, body: Body, say: (what: string) => void): void {
    const { shard, number } = claim
    const { shards } = this.chain.rollup
    const sent = new Map<number, Credit[]>()
    const { from, to, amountLo } = transferColumns(body)
    for (let i = 0; i < from.length; i++) {
      const [payer, payee] = [from[i] as number, to[i] as number]
      const amount = BigInt(amountLo[i] as number)
      const nonce = this.nonces.get(payer) ?? 0
      const key = `${payer}/${nonce}`
      if (this.done.has(key)) say(`twice: ${key}`)
      this.done.set(key, `${payee}:${amount}`)
      this.nonces.set(payer, nonce + 1)
      this.add(payer, -amount - BigInt(claim.fee))
      const destination = shardOf(payee, shards)
      if (destination === shard) this.add(payee, amount)
      else sent.set(destination, [...(sent.get(destination) ?? []), { to: payee, amount }])
    }
    const paid = BigInt(claim.fee) * BigInt(from.length)
    if (paid > 0n) this.add(claim.feeAccount, paid)
    for (const [destination, credits] of sent) {
      const box = claim.outbox.find((one) => one.shard === destination)
      const amount = credits.reduce((sum, one) => sum + one.amount, 0n)
      if (box?.credits !== credits.length || box.amount !== amount) say('outbox: says otherwise')
      const key = `${shard}/${number}/${destination}`
      this.underWay.set(key, { credits, statedMs: undefined })
    }
    if (claim.outbox.length !== sent.size) say('outbox: for nobody')
  }
}

// All shards' money as plain maps, claim by claim in the order of the blocks, while their number
// changes: what each account has, what each shard has, what is under way.

import type { Body } from '../../../protocol/rollup/body-layout.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { transferColumns } from '../../../protocol/rollup/transfer-columns.ts'
import { BALANCE } from '../rollup/rollup-chain.ts'
import type { ReshardChain } from './reshard-chain.ts'

interface Credit {
  readonly to: number
  readonly amount: bigint
}

export class ReshardModel {
  readonly violations: string[] = []
  readonly balances = new Map<number, bigint>()
  readonly nonces = new Map<number, number>()
  /** `from/nonce` → `to:amount`. */
  readonly done = new Map<string, string>()
  consumed = 0
  shards: number
  private readonly total: bigint
  /** `source/number/destination`. */
  private readonly underWay = new Map<string, readonly Credit[]>()
  private readonly everConsumed = new Set<string>()

  constructor({ rollup, from }: ReshardChain) {
    this.shards = from
    for (let index = 0; index < rollup.accounts; index++) this.balances.set(index, BALANCE)
    this.total = BigInt(rollup.accounts) * BALANCE
  }

  private add(index: number, amount: bigint): void {
    const after = (this.balances.get(index) ?? 0n) + amount
    if (after < 0n) this.violations.push(`overdrawn: account ${index}`)
    this.balances.set(index, after)
  }

  supplyOf(shard: number): bigint {
    let sum = 0n
    for (const [index, units] of this.balances) {
      if (shardOf(index, this.shards) === shard) sum += units
    }
    return sum
  }

  /** All parcels must have arrived by then. */
  change(shards: number): void {
    if (this.underWay.size > 0) this.violations.push('change: parcels are under way')
    this.shards = shards
  }

  execute(claim: Claim, body: Body): void {
    const { shard, number } = claim
    const say = (what: string) =>
      this.violations.push(`${what} (claim ${number} of shard ${shard} of ${this.shards})`)
    for (const { shard: source, number: of } of claim.consumed) {
      const key = `${source}/${of}/${shard}`
      const credits = this.underWay.get(key)
      if (!credits || this.everConsumed.has(`${source}/${of}/${shard}`)) say(`parcel: ${key} again`)
      for (const { to, amount } of credits ?? []) this.add(to, amount)
      this.underWay.delete(key)
      this.everConsumed.add(key)
      this.consumed++
    }
    this.transfers(claim, body, say)
    if (claim.supply !== this.supplyOf(shard)) say(`supply: claimed ${claim.supply}`)
    let sum = 0n
    for (const units of this.balances.values()) sum += units
    for (const credits of this.underWay.values()) for (const { amount } of credits) sum += amount
    if (sum !== this.total) say(`supply: ${sum} over all shards`)
  }

  private transfers(claim: Claim, body: Body, say: (what: string) => void): void {
    const { shard, number } = claim
    const sent = new Map<number, Credit[]>()
    const { from, to, amountLo } = transferColumns(body)
    for (let i = 0; i < from.length; i++) {
      const [payer, payee] = [from[i] as number, to[i] as number]
      const amount = BigInt(amountLo[i] as number)
      const nonce = this.nonces.get(payer) ?? 0
      const key = `${payer}/${nonce}`
      if (shardOf(payer, this.shards) !== shard) say(`sender: ${payer} is in another shard`)
      if (this.done.has(key)) say(`twice: ${key}`)
      this.done.set(key, `${payee}:${amount}`)
      this.nonces.set(payer, nonce + 1)
      this.add(payer, -amount - BigInt(claim.fee))
      const destination = shardOf(payee, this.shards)
      if (destination === shard) this.add(payee, amount)
      else sent.set(destination, [...(sent.get(destination) ?? []), { to: payee, amount }])
    }
    const paid = BigInt(claim.fee) * BigInt(from.length)
    if (paid > 0n) this.add(claim.feeAccount, paid)
    for (const [destination, credits] of sent) {
      this.underWay.set(`${shard}/${number}/${destination}`, credits)
    }
    if (claim.outbox.length !== sent.size) say('outbox: for nobody')
  }
}

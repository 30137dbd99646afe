// The money of all shards as plain maps, executed again claim by claim in the order of the blocks:
// what each account and each lock has, what is in each shard, what is under way, who has got it,
// and what has left for the base chain.

import type { Hex } from '../../../lib/hex.ts'
import { EXIT_INDEX } from '../../../protocol/params.ts'
import type { Body } from '../../../protocol/rollup/body-layout.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { transferColumns } from '../../../protocol/rollup/transfer-columns.ts'
import { BALANCE } from '../rollup/rollup-chain.ts'
import { LocksModel, type Moves } from './locks-model.ts'
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

/** The block that has ordered a claim. */
interface At {
  readonly height: number
  readonly timestampMs: number
}

interface Executed {
  readonly claim: Claim
  readonly hash: Hex
  readonly body: Body
  readonly at: At
}

export class ShardsModel {
  readonly violations: string[] = []
  readonly balances = new Map<number, bigint>()
  readonly nonces = new Map<number, number>()
  readonly locks: LocksModel
  /** `from/nonce` → `to:amount`. */
  readonly done = new Map<string, string>()
  /** `shard/number/position` → what left the rollup there. */
  readonly exits = new Map<string, { readonly from: number; readonly amount: bigint }>()
  consumed = 0
  private readonly chain: ShardsChain
  /** `source/number/destination`. */
  private readonly underWay = new Map<string, UnderWay>()
  private readonly supplies: bigint[]
  private readonly lastConsumed = new Map<string, number>()
  private readonly history: Executed[] = []

  constructor(chain: ShardsChain) {
    this.chain = chain
    const { shards, accounts } = chain.rollup
    this.locks = new LocksModel(chain.rollup)
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

  /** In accounts and locks. */
  supplyOf(shard: number): bigint {
    const { shards } = this.chain.rollup
    const held = this.locks.held((index) => shardOf(index, shards) === shard)
    return (this.supplies[shard] as bigint) + held
  }

  /** Also what has left, paid out or not. */
  get total(): bigint {
    let sum = 0n
    for (const shard of this.supplies.keys()) sum += this.supplyOf(shard)
    for (const { credits } of this.underWay.values()) {
      for (const { amount } of credits) sum += amount
    }
    for (const { amount } of this.exits.values()) sum += amount
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

  /** The same where the claims of a shard above this one were never made. */
  without(shard: number, number: number): ShardsModel {
    const model = new ShardsModel(this.chain)
    for (const { claim, hash, body, at } of this.history) {
      const isGone = claim.shard === shard && claim.number > number
      if (!isGone) model.execute(claim, hash, body, at)
    }
    return model
  }

  execute(claim: Claim, hash: Hex, body: Body, at: At): void {
    this.history.push({ claim, hash, body, at })
    const { shard, number } = claim
    const { shards, accounts } = this.chain.rollup
    const say = (what: string) =>
      this.violations.push(`${what} (claim ${number} of shard ${shard})`)
    this.consume(claim, say)
    const sent = new Map<number, Credit[]>()
    let exits = 0
    const moves: Moves = {
      say,
      add: (index, amount) => this.add(index, amount),
      sign: (index, nonce) => {
        if ((this.nonces.get(index) ?? 0) !== nonce) say(`nonce: ${index} signs with ${nonce}`)
        this.nonces.set(index, nonce + 1)
      },
      pay: (to, amount) => {
        const destination = to === EXIT_INDEX ? undefined : shardOf(to, shards)
        if (destination === shard) this.add(to, amount)
        else if (destination !== undefined) {
          sent.set(destination, [...(sent.get(destination) ?? []), { to, amount }])
        }
      },
    }
    const leave = (from: number, amount: bigint) =>
      this.exits.set(`${shard}/${number}/${exits++}`, { from, amount })
    this.transfers(claim, body, moves, leave)
    this.locks.execute(body.operations, claim.fee, at.height, moves)
    const paid = BigInt(claim.fee) * BigInt(claim.transfers + claim.locks)
    if (paid > 0n) this.add(claim.feeAccount, paid)
    this.send(claim, sent, say)
    if (claim.exits !== exits) say('exits: says otherwise')
    if (claim.stateRoot !== undefined) {
      for (const [key, parcel] of this.underWay) {
        if (key.startsWith(`${shard}/`)) parcel.statedMs ??= at.timestampMs
      }
    }
    if (claim.supply !== this.supplyOf(shard)) say(`supply: claimed ${claim.supply} ${hash}`)
    if (this.total !== BigInt(accounts) * BALANCE) say(`supply: ${this.total} over all shards`)
  }

  private consume({ shard, consumed }: Claim, say: (what: string) => void): void {
    for (const { shard: source, number: of } of consumed) {
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
  }

  private transfers(
    { fee }: Claim,
    body: Body,
    moves: Moves,
    leave: (from: number, amount: bigint) => void,
  ): void {
    const { from, to, amountLo } = transferColumns(body)
    for (let i = 0; i < from.length; i++) {
      const [payer, payee] = [from[i] as number, to[i] as number]
      const amount = BigInt(amountLo[i] as number)
      const nonce = this.nonces.get(payer) ?? 0
      const key = `${payer}/${nonce}`
      if (this.done.has(key)) moves.say(`twice: ${key}`)
      this.done.set(key, `${payee}:${amount}`)
      moves.sign(payer, nonce)
      this.add(payer, -amount - BigInt(fee))
      if (payee === EXIT_INDEX) leave(payer, amount)
      else moves.pay(payee, amount)
    }
  }

  private send(claim: Claim, sent: Map<number, Credit[]>, say: (what: string) => void): void {
    const { shard, number, outbox } = claim
    for (const [destination, credits] of sent) {
      const box = outbox.find((one) => one.shard === destination)
      const amount = credits.reduce((sum, one) => sum + one.amount, 0n)
      if (box?.credits !== credits.length || box.amount !== amount) say('outbox: says otherwise')
      const key = `${shard}/${number}/${destination}`
      this.underWay.set(key, { credits, statedMs: undefined })
    }
    if (outbox.length !== sent.size) say('outbox: for nobody')
  }
}

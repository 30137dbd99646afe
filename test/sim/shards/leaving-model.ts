// A shard that freezes, and the money that leaves the rollup then, as the receipts of final blocks
// say: each exit, each record and each message of the frozen shard is paid once, and what it is.

import { decodeLog } from '../../../protocol/abi/event.ts'
import { decodeReceipt } from '../../../protocol/block/transaction-receipt.ts'
import type { Log } from '../../../protocol/modules/module.ts'
import { ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { DEPOSIT } from '../../../protocol/rollup/inbox.ts'
import * as abi from '../../../protocol/rollup/rollup-abi.ts'
import { decodeReceipts } from '../../../protocol/state/tables.ts'
import type { HeldLock } from './locks-model.ts'
import type { ShardsModel } from './shards-model.ts'

/** A message of the inbox of the shard that is about to freeze. */
interface Message {
  readonly height: number
  /** Units that came with it. */
  readonly amount: bigint
}

export class LeavingModel {
  readonly violations: string[] = []
  /** Undefined until a block has frozen it. */
  frozen: { readonly shard: number; readonly number: number } | undefined
  readonly messages: Message[] = []
  /** `exit S/N/P`, `account I`, `lock I`, `message M` → units that were paid. */
  readonly paid = new Map<string, bigint>()
  /** Units that came in and went out since the genesis. */
  moved = 0n
  height = 0

  /** `row`: the receipts of a final block. Returns the model as it is after that. */
  block(height: number, row: Uint8Array, model: ShardsModel): ShardsModel {
    if (height <= this.height) return model
    this.height = height
    let after = model
    for (const receipt of decodeReceipts(row)) {
      for (const log of decodeReceipt(receipt).logs) {
        if (log.address === ROLLUP_ADDRESS) after = this.log(log, after)
      }
    }
    return after
  }

  private log(log: Log, model: ShardsModel): ShardsModel {
    switch (log.topics[0]) {
      case abi.MESSAGE.topic: {
        const { data } = decodeLog(abi.MESSAGE, log)
        const amount = Number(data[0]) === DEPOSIT ? data[3] : 0n
        this.messages.push({ height: this.height, amount })
        this.moved += amount
        return model
      }
      case abi.FROZEN.topic:
        return this.freeze(log, model)
      case abi.EXIT_PAID.topic: {
        const { indexed, data } = decodeLog(abi.EXIT_PAID, log)
        const place = indexed.join('/')
        this.pay(`exit ${place}`, data[2], model.exits.get(place)?.amount)
        return model
      }
      case abi.LEFT.topic: {
        const { indexed, data } = decodeLog(abi.LEFT, log)
        this.left(Number(indexed[0]), data[0], model)
        return model
      }
      case abi.LOCK_SETTLED.topic: {
        const { indexed, data } = decodeLog(abi.LOCK_SETTLED, log)
        const [lock, payee] = indexed.map(Number) as [number, number]
        const held = this.heldBy(lock, model)
        if (held?.payee !== payee) this.say(`lock ${lock} is settled for ${payee}`)
        if (held && this.height > held.deadline) this.say(`lock ${lock} is settled too late`)
        this.pay(`lock ${lock}`, data[1] + data[2], held?.amount)
        return model
      }
      case abi.MESSAGE_REFUNDED.topic: {
        const { indexed, data } = decodeLog(abi.MESSAGE_REFUNDED, log)
        const nth = Number(indexed[1])
        this.pay(`message ${nth}`, data[0], this.messages[nth]?.amount)
        return model
      }
      default:
        return model
    }
  }

  private freeze(log: Log, model: ShardsModel): ShardsModel {
    const { indexed, data } = decodeLog(abi.FROZEN, log)
    const [shard, number] = [Number(indexed[0]), Number(data[0])]
    if (this.frozen) this.say(`shard ${shard} is frozen again`)
    this.frozen = { shard, number }
    const after = model.without(shard, number)
    if (data[2] !== after.supplyOf(shard)) this.say(`shard ${shard} is frozen with ${data[2]}`)
    return after
  }

  private heldBy(lock: number, { locks }: ShardsModel): HeldLock | undefined {
    return locks.locks.get(lock)?.held
  }

  /** By its record: an account, or a lock whose time is over. */
  private left(index: number, amount: bigint, model: ShardsModel): void {
    if (!model.locks.locks.has(index)) {
      this.pay(`account ${index}`, amount, model.balances.get(index))
      return
    }
    const held = this.heldBy(index, model)
    if (held && this.height <= held.deadline) this.say(`lock ${index} is given back too early`)
    this.pay(`lock ${index}`, amount, held?.amount)
  }

  private pay(what: string, amount: bigint, owed: bigint | undefined): void {
    this.moved -= amount
    if (this.paid.has(what)) this.say(`${what} is paid a second time`)
    else if (amount !== owed) this.say(`${what} is paid ${amount}, and was owed ${owed}`)
    this.paid.set(what, amount)
  }

  private say(what: string): void {
    this.violations.push(`exit: ${what}`)
  }

  /** All that can be fetched now; with what was. */
  owed(model: ShardsModel, isThere: (index: number, shard: number) => boolean): string[] {
    const { frozen } = this
    if (!frozen) return []
    const accounts = [...model.balances].filter(
      ([index, units]) => units > 0n && isThere(index, frozen.shard),
    )
    const locks = [...model.locks.locks].filter(([, { held }]) => held && held.amount > 0n)
    const messages = this.messages.flatMap(({ amount }, nth) => (amount > 0n ? [nth] : []))
    return [
      ...[...model.exits.keys()].map((place) => `exit ${place}`),
      ...accounts.map(([index]) => `account ${index}`),
      ...locks.map(([index]) => `lock ${index}`),
      ...messages.map((nth) => `message ${nth}`),
    ]
  }

  digest(): string {
    return [...this.paid.keys()].join(' ')
  }
}

// A small world for market tests: balances, storage with rollback, and real secp256k1 keys.
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { addressOfSecret, secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { createMarketModule } from '../../../protocol/market/market-module.ts'
import type { Log, ModuleResult } from '../../../protocol/modules/module.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'

export const secp256k1 = secp256k1Noble

export function keyOf(number: number): { secretKey: Uint8Array; address: Hex } {
  const secretKey = new Uint8Array(32).fill(number + 1)
  return { secretKey, address: bytesToHex(addressOfSecret(secretKey)) }
}

export class MarketWorld {
  readonly chainId = 1337n
  readonly module = createMarketModule(secp256k1)
  balances = new Map<Hex, bigint>()
  slots = new Map<Hex, bigint>()
  logs: Log[] = []
  now = 1_000

  balance(address: Hex): bigint {
    return this.balances.get(address) ?? 0n
  }

  supply(): bigint {
    return [...this.balances.values()].reduce((sum, wei) => sum + wei, 0n)
  }

  private move(from: Hex, to: Hex, amount: bigint): void {
    if (this.balance(from) < amount) throw new Error('moved more than there is')
    this.balances.set(from, this.balance(from) - amount)
    this.balances.set(to, this.balance(to) + amount)
  }

  /** Runs a call as the chain does: value first, everything undone when it is refused. */
  call(caller: Hex, data: Uint8Array, value = 0n): ModuleResult {
    const undo = { balances: new Map(this.balances), slots: new Map(this.slots) }
    const logs: Log[] = []
    this.move(caller, MARKET_ADDRESS, value)
    const result = this.module.call({
      chainId: this.chainId,
      height: 1,
      timestamp: this.now,
      caller,
      value,
      data,
      state: {
        balance: (address) => this.balance(address),
        transfer: (from, to, amount) => this.move(from, to, amount),
        load: (slot) => this.slots.get(slot) ?? 0n,
        save: (slot, word) => void this.slots.set(slot, word),
        loadOf: () => 0n,
      },
      emit: (log) => void logs.push(log),
    })
    if (result.ok) this.logs.push(...logs)
    else [this.balances, this.slots] = [undo.balances, undo.slots]
    return result
  }
}

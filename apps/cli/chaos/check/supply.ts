// All money there is: the balances of every account that the chain has ever named are together
// what the state itself says there is, no wei more or less.

import { CHAOS_SCAN_BLOCKS_MAX, LOG_RANGE_BLOCKS_MAX } from '../../../../config/limits.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { SUPPLY_SLOT } from '../../../../protocol/epoch/supply.ts'
import { EPOCH_ADDRESS, MARKET_ADDRESS, TREASURY_ADDRESS } from '../../../../protocol/params.ts'
import { quantity, type Rpc } from '../rpc.ts'
import { type Invariant, invariant } from './invariant.ts'

const ATTEMPTS = 100
const BLOCKS_AT_A_TIME = 500

interface Block {
  readonly miner: string
  readonly transactions: readonly { readonly from: string; readonly to: string | null }[]
}

const hex = (height: number) => `0x${height.toString(16)}`

/** Collects the accounts of the chain; goes on where it stopped. */
export class Supply {
  private readonly accounts = new Set<string>([MARKET_ADDRESS, TREASURY_ADDRESS])
  private scanned = 0

  constructor(genesis: ReadonlyMap<Hex, unknown>) {
    for (const address of genesis.keys()) this.accounts.add(address)
  }

  private async scan(rpc: Rpc, head: number): Promise<void> {
    while (this.scanned < head) {
      const first = this.scanned + 1
      const last = Math.min(head, this.scanned + BLOCKS_AT_A_TIME, first + LOG_RANGE_BLOCKS_MAX - 1)
      const calls = []
      for (let at = first; at <= last; at++) {
        calls.push({ method: 'eth_getBlockByNumber', params: [hex(at), true] })
      }
      for (const block of (await rpc.batch(calls)) as Block[]) {
        this.accounts.add(block.miner)
        for (const { from, to } of block.transactions) {
          this.accounts.add(from)
          if (to) this.accounts.add(to)
        }
      }
      const range = { fromBlock: hex(first), toBlock: hex(last), address: MARKET_ADDRESS }
      const logs = (await rpc.call('eth_getLogs', range)) as { topics: string[] }[]
      for (const topic of logs.flatMap(({ topics }) => topics.slice(1))) {
        if (/^0x0{24}/.test(topic)) this.accounts.add(`0x${topic.slice(26)}`)
      }
      this.scanned = last
    }
  }

  /** Undefined when the chain is too long to read it all: then nothing is claimed. */
  async conserved(rpc: Rpc): Promise<Invariant | undefined> {
    const head = quantity(await rpc.call('eth_blockNumber'))
    if (head > CHAOS_SCAN_BLOCKS_MAX) return undefined
    let last = 'no answer'
    for (let i = 0; i < ATTEMPTS; i++) {
      try {
        return await this.counted(rpc)
      } catch (error) {
        // The head moved on between two answers: only the state of the latest block is kept.
        last = (error as Error).message
      }
      await new Promise((next) => setTimeout(next, 20))
    }
    return invariant('supply-unchanged', [`the balances cannot be read: ${last}`], '')
  }

  private async counted(rpc: Rpc): Promise<Invariant> {
    const head = quantity(await rpc.call('eth_blockNumber'))
    await this.scan(rpc, head)
    const calls = [...this.accounts].map((address) => ({
      method: 'eth_getBalance',
      params: [address, hex(head)],
    }))
    const said = { method: 'eth_getStorageAt', params: [EPOCH_ADDRESS, SUPPLY_SLOT, hex(head)] }
    const [all, ...balances] = (await rpc.batch([said, ...calls])) as [string, ...string[]]
    const total = balances.reduce((sum, balance) => sum + BigInt(balance), 0n)
    const wrongs = total === BigInt(all) ? [] : [`${total} wei, the state says ${BigInt(all)}`]
    const fine = `${calls.length} accounts hold what the state says, at height ${head}`
    return invariant('supply-unchanged', wrongs, fine)
  }
}

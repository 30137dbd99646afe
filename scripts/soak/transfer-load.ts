// Transfers through several gateways until told to stop. What a gateway has shown as final counts
// as acknowledged, and is remembered with its block.

import { setTimeout as pause } from 'node:timers/promises'
import { privateKeyToAccount } from 'viem/accounts'
import { quantity, Rpc } from '../../apps/cli/chaos/rpc.ts'
import { accountOf, type Cluster } from './cluster.ts'

const SENDERS = ['alice', 'bob', 'carol']
const BURST = 8
const FINAL_MS = 15_000
const POLL_MS = 50
const RETRY_MS = 300

interface Receipt {
  readonly blockHash: string
}

export class TransferLoad {
  /** Transaction hash to block hash. */
  readonly acknowledged = new Map<string, string>()
  sent = 0
  /** Refusals and time-outs, by their first words. */
  readonly errors = new Map<string, number>()
  private readonly cluster: Cluster
  private readonly gateways: readonly Rpc[]
  private stopping = false
  private running: Promise<unknown> = Promise.resolve()

  constructor(cluster: Cluster, gateways: readonly string[]) {
    this.cluster = cluster
    this.gateways = gateways.map((url) => new Rpc(url))
  }

  start(): void {
    this.running = Promise.all(SENDERS.map((name, i) => this.sender(name, i)))
  }

  async stop(): Promise<void> {
    this.stopping = true
    await this.running
  }

  private note(error: unknown): void {
    const text = (error as Error).message.slice(0, 60)
    this.errors.set(text, (this.errors.get(text) ?? 0) + 1)
  }

  private async sender(name: string, first: number): Promise<void> {
    for (let turn = first; !this.stopping; ) {
      const rpc = this.gateways[turn % this.gateways.length] as Rpc
      try {
        await this.burst(name, rpc)
      } catch (error) {
        this.note(error)
        turn++
        await pause(RETRY_MS)
      }
    }
  }

  private async burst(name: string, rpc: Rpc): Promise<void> {
    const account = privateKeyToAccount(accountOf(this.cluster, name).privateKey)
    const { address: to } = accountOf(this.cluster, 'provider')
    const nonce = quantity(await rpc.call('eth_getTransactionCount', account.address, 'latest'))
    const raws = await Promise.all(
      Array.from({ length: BURST }, (_, i) =>
        account.signTransaction({
          type: 'eip1559',
          chainId: 1337,
          nonce: nonce + i,
          to,
          value: 1n,
          gas: 21_000n,
          maxFeePerGas: 10n ** 11n,
          maxPriorityFeePerGas: 10n ** 9n,
        }),
      ),
    )
    const hashes: string[] = []
    for (const raw of raws) hashes.push((await rpc.call('eth_sendRawTransaction', raw)) as string)
    this.sent += hashes.length
    const calls = hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] }))
    for (const end = Date.now() + FINAL_MS; Date.now() < end; await pause(POLL_MS)) {
      const receipts = (await rpc.batch(calls)) as (Receipt | null)[]
      for (const [i, receipt] of receipts.entries()) {
        if (receipt) this.acknowledged.set(hashes[i] as string, receipt.blockHash)
      }
      if (receipts.every((receipt) => receipt !== null)) return
    }
    throw new Error(`not final within ${FINAL_MS / 1000} s`)
  }
}

// One account of the bank workload. It sends at its times, one nonce after the other, to the nodes
// in turn; when a node does not answer it cannot know whether the transfer was taken, and sends the
// same bytes to another until a gateway shows it as final.

import { setTimeout as pause } from 'node:timers/promises'
import { keccak256 } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { quantity, Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import type { Hex } from '../../../../lib/hex.ts'
import type { AccountReading, Sending, Transfer } from './transfer.ts'

export interface BankClientOptions {
  readonly account: PrivateKeyAccount
  readonly chainId: number
  readonly receivers: readonly Hex[]
  /** Gateways by the node they belong to. */
  readonly gateways: ReadonlyMap<string, string>
  /** Its first gateway; clients differ. */
  readonly turn: number
  readonly intervalMs: number
  readonly nonce: number
}

const ASK_MS = 3000
const POLL_MS = 150
/** A transfer that is not final after so long is sent again, to another node. */
const AGAIN_MS = 3000
const PENDING_MAX = 64

interface ReceiptAnswer {
  readonly blockHash: string
  readonly blockNumber: string
}

export class BankClient {
  readonly transfers: Transfer[] = []
  readonly readings: AccountReading[] = []
  /** Refusals, by their first words. */
  readonly refusals = new Map<string, number>()
  private readonly options: BankClientOptions
  private readonly gateways: readonly (readonly [string, Rpc])[]
  private readonly address: Hex
  private turn: number
  private nonce: number
  private pending: Transfer[] = []
  private sentAtMs = 0

  constructor(options: BankClientOptions) {
    this.options = options
    this.gateways = [...options.gateways].map(([name, url]) => [name, new Rpc(url, ASK_MS)])
    this.address = options.account.address.toLowerCase() as Hex
    this.turn = options.turn
    this.nonce = options.nonce
  }

  get unsettled(): number {
    return this.pending.length
  }

  private get gateway(): readonly [string, Rpc] {
    return this.gateways[this.turn % this.gateways.length] as readonly [string, Rpc]
  }

  /** Sends until `stopped`, then until all is final or `settleMs` are over. */
  async run(stopped: () => boolean, settleMs: number): Promise<void> {
    let settleUntil = Number.POSITIVE_INFINITY
    const settling = async () => {
      for (; Date.now() < settleUntil; await pause(POLL_MS)) {
        await this.settle()
        if (stopped() && this.pending.length === 0) return
      }
    }
    const sending = async () => {
      await this.send(stopped)
      settleUntil = Date.now() + settleMs
    }
    await Promise.all([sending(), settling()])
  }

  private async send(stopped: () => boolean): Promise<void> {
    const { intervalMs } = this.options
    let at = Date.now() + Math.round((this.options.turn * intervalMs) / 7)
    for (; !stopped(); at += intervalMs) {
      while (!stopped() && (Date.now() < at || this.pending.length >= PENDING_MAX)) {
        await pause(Math.max(1, Math.min(POLL_MS, at - Date.now())))
      }
      if (stopped()) return
      const transfer = await this.sign(at)
      this.transfers.push(transfer)
      this.pending.push(transfer)
      await this.offer(transfer)
    }
  }

  private async sign(intendedMs: number): Promise<Transfer> {
    const { account, chainId, receivers } = this.options
    const nonce = this.nonce++
    const to = receivers[nonce % receivers.length] as Hex
    // Every value differs, so that an effect missing or doubled shows in the balances.
    const value = BigInt(1_000_000 + nonce * 7919)
    const raw = await account.signTransaction({
      type: 'eip1559',
      chainId,
      nonce,
      to,
      value,
      gas: 21_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
    })
    const hash = keccak256(raw)
    return { from: this.address, to, nonce, value, hash, raw, intendedMs, sendings: [] }
  }

  private async offer(transfer: Transfer): Promise<void> {
    const [node, rpc] = this.gateway
    const outcome = await this.tell(rpc, transfer)
    transfer.sendings.push({ node, atMs: Date.now(), outcome })
    this.sentAtMs = Date.now()
    if (outcome === 'unknown') this.turn++
  }

  private async tell(rpc: Rpc, { raw }: Transfer): Promise<Sending['outcome']> {
    try {
      await rpc.call('eth_sendRawTransaction', raw)
      return 'acknowledged'
    } catch (error) {
      const text = (error as Error).message
      if (!text.startsWith('eth_sendRawTransaction:') || /no answer/.test(text)) return 'unknown'
      if (/already known/.test(text)) return 'known already'
      // Final meanwhile: its receipt will tell.
      if (/nonce too low/.test(text)) return 'known already'
      const words = text.slice(0, 80)
      this.refusals.set(words, (this.refusals.get(words) ?? 0) + 1)
      return 'refused'
    }
  }

  /** Asks for the receipts of what is pending; sends again what waits too long. */
  private async settle(): Promise<void> {
    const waiting = [...this.pending]
    if (waiting.length === 0) return
    const [node, rpc] = this.gateway
    try {
      const own = { method: 'eth_getTransactionCount', params: [this.address, 'latest'] }
      const calls = waiting.map(({ hash }) => ({
        method: 'eth_getTransactionReceipt',
        params: [hash],
      }))
      const [nonce, ...receipts] = await rpc.batch([own, ...calls])
      this.readings.push({ client: this.address, node, nonce: quantity(nonce) })
      for (const [i, transfer] of waiting.entries()) {
        const receipt = receipts[i] as ReceiptAnswer | null
        if (!receipt) continue
        const { blockHash, blockNumber } = receipt
        transfer.final = { node, atMs: Date.now(), height: quantity(blockNumber), blockHash }
      }
      this.pending = this.pending.filter(({ final }) => !final)
    } catch {
      this.turn++
    }
    if (this.pending.length === 0 || Date.now() - this.sentAtMs < AGAIN_MS) return
    this.turn++
    for (const transfer of [...this.pending]) await this.offer(transfer)
  }
}

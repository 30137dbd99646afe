// The bank workload: transfers among a few accounts at a steady pace, through all gateways.

import { privateKeyToAccount } from 'viem/accounts'
import { quantity, Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import { devAccounts } from '../../../../apps/node/dev-keys.ts'
import type { Hex } from '../../../../lib/hex.ts'
import { BankClient } from './bank-client.ts'
import type { AccountReading, Transfer } from './transfer.ts'

const NAMES = ['alice', 'bob', 'carol', 'consumer', 'provider', 'coordinator']

export interface BankOptions {
  readonly gateways: ReadonlyMap<string, string>
  /** A second, of all accounts together. */
  readonly transfers: number
  readonly accounts: number
  /** How long what was sent may take to become final after the end. */
  readonly settleMs: number
}

export class BankLoad {
  readonly addresses: readonly Hex[]
  private readonly clients: readonly BankClient[]
  private readonly settleMs: number
  private stopping = false
  private running: Promise<unknown> = Promise.resolve()

  private constructor(addresses: readonly Hex[], clients: readonly BankClient[], settleMs: number) {
    this.addresses = addresses
    this.clients = clients
    this.settleMs = settleMs
  }

  /** Reads where the accounts stand, at one gateway. */
  static async open(options: BankOptions): Promise<BankLoad> {
    const { gateways, transfers, accounts, settleMs } = options
    const [first] = gateways.values()
    const rpc = new Rpc(first as string)
    const chainId = quantity(await rpc.call('eth_chainId'))
    const used = devAccounts().filter(({ name }) => NAMES.slice(0, accounts).includes(name))
    const addresses = used.map(({ address }) => address)
    const clients: BankClient[] = []
    for (const [turn, { address, privateKey }] of used.entries()) {
      clients.push(
        new BankClient({
          account: privateKeyToAccount(privateKey),
          chainId,
          receivers: addresses.filter((other) => other !== address),
          gateways,
          turn,
          intervalMs: transfers > 0 ? (1000 * used.length) / transfers : Number.POSITIVE_INFINITY,
          nonce: quantity(await rpc.call('eth_getTransactionCount', address, 'latest')),
        }),
      )
    }
    return new BankLoad(addresses, transfers > 0 ? clients : [], settleMs)
  }

  start(): void {
    const stopped = () => this.stopping
    this.running = Promise.all(this.clients.map((client) => client.run(stopped, this.settleMs)))
  }

  async stop(): Promise<void> {
    this.stopping = true
    await this.running
  }

  get transfers(): readonly Transfer[] {
    return this.clients.flatMap((client) => client.transfers)
  }

  /** Those that a gateway has shown as final. */
  get final(): readonly Transfer[] {
    return this.transfers.filter(({ final }) => final !== undefined)
  }

  get readings(): readonly AccountReading[] {
    return this.clients.flatMap((client) => client.readings)
  }

  get refusals(): Readonly<Record<string, number>> {
    const sums = new Map<string, number>()
    for (const { refusals } of this.clients) {
      for (const [words, count] of refusals) sums.set(words, (sums.get(words) ?? 0) + count)
    }
    return Object.fromEntries(sums)
  }
}

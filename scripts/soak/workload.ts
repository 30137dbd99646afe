// Transfers and jobs against a running cluster until told to stop. Everything it did is kept, so
// that the auditor can ask the chain about it later.

import { createWalletClient, http, type WalletClient } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { CoordinatorClient } from '../../sdk/coordinator/coordinator-client.ts'
import { accountOf, type Cluster } from './cluster.ts'

const SENDERS = ['alice', 'bob', 'carol']

export class Workload {
  readonly transferHashes: `0x${string}`[] = []
  readonly jobIds: string[] = []
  readonly errors: string[] = []
  private readonly cluster: Cluster
  private readonly round: number
  private stopAt = 0

  constructor(cluster: Cluster, round: number) {
    this.cluster = cluster
    this.round = round
  }

  get transfersSent(): number {
    return this.transferHashes.length
  }

  get jobsSubmitted(): number {
    return this.jobIds.length
  }

  async runFor(ms: number): Promise<void> {
    this.stopAt = Date.now() + ms
    await Promise.all([...SENDERS.map((name) => this.transfers(name)), this.jobs()])
  }

  private async transfers(name: string): Promise<void> {
    const account = privateKeyToAccount(accountOf(this.cluster, name).privateKey)
    const wallet: WalletClient = createWalletClient({
      account,
      transport: http(this.cluster.endpoints.rpc),
    })
    const to = accountOf(this.cluster, 'provider').address
    while (Date.now() < this.stopAt) {
      try {
        this.transferHashes.push(
          await wallet.sendTransaction({ account, chain: null, to, value: BigInt(this.round) }),
        )
      } catch (error) {
        this.errors.push(`transfer: ${(error as Error).message.split('\n')[0]}`)
      }
    }
  }

  private async jobs(): Promise<void> {
    const client = new CoordinatorClient({
      baseUrl: this.cluster.endpoints.api,
      privateKey: accountOf(this.cluster, 'consumer').privateKey,
    })
    for (let i = 0; Date.now() < this.stopAt; i++) {
      try {
        const job = await client.createJob({
          type: 'inference',
          model_id: 'all-minilm-l6-v2',
          input_data: `round ${this.round} job ${i}`,
          requirements: {},
        })
        this.jobIds.push(job.job_id)
        await new Promise((resolve) => setTimeout(resolve, 300))
      } catch (error) {
        this.errors.push(`job: ${(error as Error).message.split('\n')[0]}`)
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
    }
  }
}

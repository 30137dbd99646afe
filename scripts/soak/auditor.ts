// What must hold over kills, asked over RPC and REST alone. It remembers what a final block was and
// compares it with what the restarted cluster says.

import { createPublicClient, http, parseAbi } from 'viem'
import { MARKET_ADDRESS, TREASURY_ADDRESS } from '../../protocol/params.ts'
import { aitbc, type Cluster } from './cluster.ts'
import type { Workload } from './workload.ts'

const MARKET_EVENTS = parseAbi([
  'event EscrowOpened(bytes32 indexed jobId, address indexed consumer, address indexed coordinator, bytes32 requestHash, bytes32 modelRoot, uint256 priceCap, uint64 deadline)',
  'event Settled(bytes32 indexed jobId, address indexed provider, address indexed consumer, uint256 amount, uint256 refunded, bytes32 receiptHash, bytes32 outputHash)',
  'event Refunded(bytes32 indexed jobId, address indexed consumer, uint256 amount, uint8 why)',
])

/** Escrows end at the latest a little after their deadline; the soak waits this long for them. */
const ESCROWS_WAIT_MS = 120_000

interface Status {
  readonly validators: readonly {
    id: string
    height: number
    block_hash: string
    state_root: string
  }[]
}

function rpc(cluster: Cluster) {
  return createPublicClient({ transport: http(cluster.endpoints.rpc), cacheTime: 0 })
}

export class Auditor {
  readonly violations: string[] = []
  private readonly finalHashes = new Map<number, string>()
  private readonly includedAt = new Map<string, bigint>()
  private readonly jobIds = new Set<string>()
  private supply: bigint | undefined
  private lastHeight = 0

  async beforeKill(cluster: Cluster, workload: Workload): Promise<void> {
    const client = rpc(cluster)
    for (const id of workload.jobIds) this.jobIds.add(id)
    for (const hash of workload.transferHashes) {
      const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined)
      if (receipt) this.includedAt.set(hash, receipt.blockNumber)
    }
    const height = Number(await client.getBlockNumber())
    for (let h = Math.max(1, height - 20); h <= height; h++) {
      const block = await client.getBlock({ blockNumber: BigInt(h) })
      this.finalHashes.set(h, block.hash as string)
    }
    this.lastHeight = height
  }

  /** Returns the height at which the cluster continues. */
  async afterRestart(cluster: Cluster): Promise<number> {
    const client = rpc(cluster)
    const height = Number(await client.getBlockNumber())
    if (height < this.lastHeight) this.violate(`height fell from ${this.lastHeight} to ${height}`)
    for (const [h, hash] of this.finalHashes) {
      const block = await client.getBlock({ blockNumber: BigInt(h) }).catch(() => undefined)
      if (block?.hash !== hash) this.violate(`block ${h} was ${hash}, is now ${block?.hash}`)
    }
    for (const [hash, at] of this.includedAt) {
      const receipt = await client
        .getTransactionReceipt({ hash: hash as `0x${string}` })
        .catch(() => undefined)
      if (receipt?.blockNumber !== at) this.violate(`final transfer ${hash} left block ${at}`)
    }
    this.includedAt.clear()
    await this.checkSupply(cluster)
    return height
  }

  async finish(cluster: Cluster, progress: (text: string) => void) {
    const escrows = await this.waitForEscrows(cluster, progress)
    await this.checkRoots(cluster)
    await this.checkSupply(cluster)
    return {
      final_blocks_compared: this.finalHashes.size,
      jobs_accepted: this.jobIds.size,
      ...escrows,
      violations: this.violations,
    }
  }

  private violate(text: string): void {
    this.violations.push(text)
    process.stderr.write(`VIOLATION ${text}\n`)
  }

  private async waitForEscrows(cluster: Cluster, progress: (text: string) => void) {
    const deadline = Date.now() + ESCROWS_WAIT_MS
    for (;;) {
      const counts = await this.countEscrows(cluster)
      if (counts.open.length === 0) return { escrows: counts.opened, paid: counts.paid }
      if (Date.now() > deadline) {
        this.violate(`${counts.open.length} escrows are stuck, first ${counts.open[0]}`)
        return { escrows: counts.opened, paid: counts.paid }
      }
      progress(`waiting for ${counts.open.length} open escrows`)
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
  }

  private async countEscrows(cluster: Cluster) {
    const logs = await rpc(cluster).getLogs({
      address: MARKET_ADDRESS,
      events: MARKET_EVENTS,
      fromBlock: 0n,
      toBlock: 'latest',
    })
    const endings = new Map<string, number>()
    let paid = 0
    for (const log of logs) {
      const id = log.args.jobId as string
      if (log.eventName === 'EscrowOpened') endings.set(id, endings.get(id) ?? 0)
      else endings.set(id, (endings.get(id) ?? 0) + 1)
      if (log.eventName === 'Settled') paid += 1
    }
    for (const [id, count] of endings) if (count > 1) this.violate(`job ${id} ended ${count} times`)
    const open = [...endings].filter(([, count]) => count === 0).map(([id]) => id)
    return { opened: endings.size, paid, open }
  }

  private async checkRoots(cluster: Cluster): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const status = JSON.parse(
        aitbc(['status', '--json', '--data', cluster.dataDirectory]),
      ) as Status
      const heights = new Set(status.validators.map((validator) => validator.height))
      if (heights.size === 1) {
        const roots = new Set(status.validators.map((validator) => validator.state_root))
        if (roots.size !== 1) this.violate(`state roots differ: ${[...roots].join(', ')}`)
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    this.violate('the validators never stood at one height')
  }

  /** No wei appears or vanishes among the accounts that the workload touches. */
  private async checkSupply(cluster: Cluster): Promise<void> {
    const client = rpc(cluster)
    const addresses = [...cluster.accounts.map((account) => account.address), MARKET_ADDRESS]
    for (let attempt = 0; attempt < 50; attempt++) {
      const before = await client.getBlockNumber()
      const balances = await Promise.all(
        [...addresses, TREASURY_ADDRESS].map((address) => client.getBalance({ address })),
      )
      if (before !== (await client.getBlockNumber())) continue
      const total = balances.reduce((sum, balance) => sum + balance, 0n)
      if (this.supply !== undefined && this.supply !== total) {
        this.violate(`supply was ${this.supply}, is now ${total}`)
      }
      this.supply = total
      return
    }
    this.violate('the chain never held still long enough to count the supply')
  }
}

// What the gateways of a cluster have shown as final: every block that is seen is remembered with
// its transactions, and whoever shows another one at that height contradicts it.

import { CHAOS_TRANSACTIONS_MAX } from '../../../../config/limits.ts'
import { quantity, type Rpc, type RpcCall } from '../rpc.ts'
import { type Invariant, invariant } from './invariant.ts'

interface SeenBlock {
  readonly hash: string
  readonly stateRoot: string
  /** The gateway that showed it first. */
  readonly by: string
}

interface BlockAnswer {
  readonly number: string
  readonly hash: string
  readonly stateRoot: string
  readonly transactions: readonly string[]
}

const FIRST_BLOCKS = 64
const BLOCKS_PER_LOOK = 200

function blockCall(height: number): RpcCall {
  return { method: 'eth_getBlockByNumber', params: [`0x${height.toString(16)}`, false] }
}

export class ChainRecord {
  private readonly blocks = new Map<number, SeenBlock>()
  /** Transaction hash to the hash of its block, oldest first. */
  private readonly transactions = new Map<string, string>()
  private readonly heads = new Map<string, number>()
  private readonly conflicts: string[] = []

  /** The highest final block that any gateway has shown. */
  get height(): number {
    return Math.max(0, ...this.blocks.keys())
  }

  /** Reads what is new at a gateway. Throws when it does not answer. */
  async look(name: string, rpc: Rpc): Promise<number> {
    const head = quantity(await rpc.call('eth_blockNumber'))
    const known = this.heads.get(name) ?? Math.max(0, head - FIRST_BLOCKS)
    if (head < known) {
      // A gateway that was started again may read another node.
      this.heads.set(name, head)
      return head
    }
    const last = Math.min(head, known + BLOCKS_PER_LOOK)
    const calls: RpcCall[] = []
    for (let at = known + 1; at <= last; at++) calls.push(blockCall(at))
    for (const block of await rpc.batch(calls)) this.see(name, block as BlockAnswer)
    this.heads.set(name, last)
    return head
  }

  private see(name: string, block: BlockAnswer): void {
    const height = quantity(block.number)
    const known = this.blocks.get(height)
    if (!known) {
      this.blocks.set(height, { hash: block.hash, stateRoot: block.stateRoot, by: name })
      for (const hash of block.transactions) this.transactions.set(hash, block.hash)
      for (const hash of this.transactions.keys()) {
        if (this.transactions.size <= CHAOS_TRANSACTIONS_MAX) break
        this.transactions.delete(hash)
      }
    } else if (known.hash !== block.hash) {
      this.conflicts.push(
        `block ${height} is ${known.hash} at ${known.by} and ${block.hash} at ${name}`,
      )
    }
  }

  /** A transaction that somebody was told is final. */
  acknowledge(hash: string, blockHash: string): void {
    this.transactions.set(hash, blockHash)
  }

  block(height: number): { readonly hash: string; readonly stateRoot: string } | undefined {
    return this.blocks.get(height)
  }

  /** Asks every gateway for every block that was ever seen. */
  async unchanged(gateways: ReadonlyMap<string, Rpc>): Promise<Invariant> {
    const wrongs = [...this.conflicts]
    for (const [name, rpc] of gateways) {
      const heights = [...this.blocks.keys()]
      const answers = await rpc.batch(heights.map(blockCall))
      for (const [i, height] of heights.entries()) {
        const now = (answers[i] as BlockAnswer | null)?.hash
        const { hash } = this.blocks.get(height) as SeenBlock
        if (now !== hash) wrongs.push(`block ${height} was ${hash}, is ${now ?? 'gone'} at ${name}`)
      }
    }
    const fine = `${this.blocks.size} blocks are the same at ${gateways.size} gateways`
    return invariant('final-blocks-unchanged', wrongs, fine)
  }

  /** Asks every gateway for the block of every transaction that was seen in a final block. */
  async kept(gateways: ReadonlyMap<string, Rpc>): Promise<Invariant> {
    const wrongs: string[] = []
    const byBlock = new Map<string, string[]>()
    for (const [hash, block] of this.transactions) {
      byBlock.set(block, [...(byBlock.get(block) ?? []), hash])
    }
    const calls = [...byBlock.keys()].map((block) => ({
      method: 'eth_getBlockByHash',
      params: [block, false],
    }))
    for (const [name, rpc] of gateways) {
      const blocks = (await rpc.batch(calls)) as (BlockAnswer | null)[]
      for (const [i, [block, hashes]] of [...byBlock].entries()) {
        const there = new Set(blocks[i]?.transactions)
        for (const hash of hashes) {
          if (!there.has(hash)) wrongs.push(`${hash} was final in ${block}, is not at ${name}`)
        }
      }
    }
    const count = this.transactions.size
    const fine = `${count} transactions are where they were, at ${gateways.size} gateways`
    return invariant('acknowledged-transactions-kept', wrongs, fine)
  }
}

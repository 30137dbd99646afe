// Reads the disks of the nodes: one final claim for each number of each shard at all of them, its
// batch there, all of it executed again with plain integers over all shards; and at the end what
// the shards of every node say of their accounts and roots.

import { ShardMessages, shardKey } from '../../../actors/messages/shard.ts'
import { readClaim } from '../../../actors/shard/held-batch.ts'
import { readBatchRow } from '../../../actors/shard/shard-rows.ts'
import { bytesToBigint, u64 } from '../../../lib/bytes.ts'
import type { Hex } from '../../../lib/hex.ts'
import { decodeBlock } from '../../../protocol/block/block.ts'
import { headerTimeMs } from '../../../protocol/block/extra-data.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { CHAIN_TABLES, META_FINAL } from '../../../protocol/state/tables.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { NODES } from '../rollup/rollup-cluster.ts'
import type { SenderLog } from '../rollup/sender-group.ts'
import type { ShardsChain } from './shards-chain.ts'
import { ShardsModel } from './shards-model.ts'

export class ShardsChecker {
  readonly violations: string[] = []
  readonly model: ShardsModel
  /** Hashes of each shard's final claims, from whichever node has them first. */
  readonly claims: Hex[][]
  /** Time of the last block seen. */
  lastMs = 0
  private readonly world: World
  private readonly log: SenderLog
  private readonly chain: ShardsChain
  private readonly blocksTo = new Map<string, number>()
  /** By node: the last claim of each shard in its blocks. */
  private readonly numbers = new Map<string, number[]>()

  constructor(world: World, log: SenderLog, chain: ShardsChain) {
    this.world = world
    this.log = log
    this.chain = chain
    this.model = new ShardsModel(chain)
    this.claims = chain.accounts.map(() => [])
  }

  /** The last claim of each shard in the blocks that are final at a node. */
  numbersOf(node: string): number[] {
    const found = this.numbers.get(node) ?? this.claims.map(() => 0)
    this.numbers.set(node, found)
    return found
  }

  check(): void {
    for (const node of NODES) {
      const chain = this.world.platter(node, 'chain')
      const row = chain.table(CHAIN_TABLES.meta).get(META_FINAL)
      const height = row ? Number(bytesToBigint(row)) : 0
      for (let h = (this.blocksTo.get(node) ?? 0) + 1; h <= height; h++) {
        const bytes = chain.table(CHAIN_TABLES.blocks).get(u64(h))
        if (bytes) this.block(node, h, bytes)
        else this.violations.push(`lost: ${node} has no block ${h}`)
        this.blocksTo.set(node, h)
      }
    }
    this.violations.push(...this.log.violations.splice(0), ...this.model.violations.splice(0))
  }

  private block(node: string, height: number, bytes: Uint8Array): void {
    const block = decodeBlock(bytes)
    const timestampMs = headerTimeMs(block.header)
    this.lastMs = Math.max(this.lastMs, timestampMs)
    for (const encoded of decodeSidecar(block.sidecar).claims) {
      const read = readClaim(encoded)
      if (!read) {
        this.violations.push(`claim: one in block ${height} of ${node} cannot be read`)
        continue
      }
      const { claim, hash } = read
      const { shard, number } = claim
      const row = this.rowOf(node, shard, number, hash)
      if (!row) this.violations.push(`availability: ${node} lacks batch ${number} of ${shard}`)
      const known = this.claims[shard] as Hex[]
      if (known.length === number - 1) {
        known.push(hash)
        const form = row && readBody(row.bytes)
        if (form?.ok) this.model.execute(claim, hash, form.body, timestampMs)
      } else if (known[number - 1] !== hash) {
        this.violations.push(`fork: ${node} has another claim ${number} of ${shard} in ${height}`)
      }
      const numbers = this.numbersOf(node)
      if (number !== (numbers[shard] as number) + 1) {
        this.violations.push(`gap: ${node} orders claim ${number} of ${shard} in ${height}`)
      }
      numbers[shard] = number
    }
  }

  private rowOf(node: string, shard: number, number: number, hash: Hex) {
    const platter = this.world.platter(node, 'shards')
    const store = { get: (table: string, key: Uint8Array) => platter.table(table).get(key) }
    return readBatchRow(store as never, shard, number, hash)
  }

  checkEnd(): void {
    this.check()
    if (this.violations.length > 0) return
    const { shards } = this.chain.rollup
    for (const [key, { to, amount, number, claim }] of this.log.final) {
      const shard = shardOf(Number(key.split('/')[0]), shards)
      if (this.claims[shard]?.[number - 1] !== claim) {
        this.violations.push(`lost: claim ${number} with transfer ${key} was final, and is not`)
      } else if (this.model.done.get(key) !== `${to}:${amount}`) {
        this.violations.push(`lost: transfer ${key} is not in claim ${number}`)
      }
    }
    this.compareStates()
  }

  /** Nodes that stand at the last final claim of a shard: all say what the model says. */
  private compareStates(): void {
    const roots = new Map<string, Set<string>>()
    for (const node of NODES) {
      const { edge } = this.world.host(node) ?? {}
      if (!edge) continue
      for (const [shard, accounts] of this.chain.accounts.entries()) {
        const key = shardKey(node, shard)
        for (const index of accounts) {
          edge
            .ask(ShardMessages, key, 'Account', { index }, { within: 1000 })
            .then((account) => {
              if (!account || account.number !== this.claims[shard]?.length) return
              const balance = this.model.balances.get(index)
              if (
                account.balance !== balance ||
                account.nonce !== (this.model.nonces.get(index) ?? 0)
              ) {
                this.violations.push(`state: ${node} differs in account ${index}`)
              }
            })
            .catch(() => {})
        }
        edge
          .ask(
            ShardMessages,
            key,
            'AccountProof',
            { index: accounts[0] as number, settled: false },
            { within: 1000 },
          )
          .then((proof) => {
            if (!proof) return
            const at = `${shard} ${proof.claim}`
            roots.set(at, (roots.get(at) ?? new Set()).add(proof.stateRoot))
          })
          .catch(() => {})
      }
    }
    this.world.runFor(1)
    for (const [at, found] of roots) {
      if (found.size > 1) this.violations.push(`root: ${[...found].join(' and ')} after ${at}`)
    }
  }

  digest(): string {
    return this.claims.map((list) => list.map((hash) => hash.slice(2, 8)).join(' ')).join(' | ')
  }
}

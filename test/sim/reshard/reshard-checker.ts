// Reads the disks of the nodes, block by block: each shard has one line of claims at all of them,
// before and after the change of their number, the second begins where the first one ended, every
// batch is there, and executed again with plain integers it all comes to the same.

import { readClaim } from '../../../actors/shard/held-batch.ts'
import { readBatchRow } from '../../../actors/shard/shard-rows.ts'
import type { Hex } from '../../../lib/hex.ts'
import { decodeBlock } from '../../../protocol/block/block.ts'
import { unpackExtraData } from '../../../protocol/block/extra-data.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import { type Claim, genesisParent } from '../../../protocol/rollup/claim.ts'
import { hasOrders } from '../../../protocol/rollup/entry-counts.ts'
import { genesisShard } from '../../../protocol/rollup/genesis-rollup.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { sourcesOf } from '../../../protocol/rollup/reshard-layout.ts'
import { reshardParent } from '../../../protocol/rollup/turn-shards.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { FinalBlocks } from '../rollup/final-blocks.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import type { SenderLog } from '../rollup/sender-log.ts'
import type { Observed } from './observer.ts'
import type { ReshardChain } from './reshard-chain.ts'
import { ReshardModel } from './reshard-model.ts'

interface Line {
  readonly number: number
  readonly hash: Hex
  readonly root: Hex
}

/** Rows of the second numbering. */
const SERIES = 256

export class ReshardChecker {
  readonly violations: string[] = []
  readonly model: ReshardModel
  /** Claims of each generation. */
  readonly claims = [0, 0]
  /** Epoch of the last block seen. */
  epoch = 0
  private readonly world: World
  private readonly log: SenderLog
  private readonly chain: ReshardChain
  private readonly observed: Observed
  private readonly blocks: FinalBlocks
  private lines: Line[]
  private generation = 0
  /** `shard/number` → hash, and under which numbering. */
  private readonly known = new Map<string, { hash: Hex; generation: number }>()

  constructor(world: World, log: SenderLog, chain: ReshardChain, observed: Observed) {
    this.observed = observed
    this.world = world
    this.blocks = new FinalBlocks(world)
    this.log = log
    this.chain = chain
    this.model = new ReshardModel(chain)
    this.lines = Array.from({ length: chain.from }, (_, shard) => ({
      number: 0,
      hash: genesisParent(chain.genesis.block.hash, shard),
      root: genesisShard(chain.rollup, shard).root,
    }))
  }

  get isChanged(): boolean {
    return this.generation === 1
  }

  check(): void {
    for (const node of NODES) {
      for (const { height, bytes } of this.blocks.next(node)) {
        if (bytes) this.block(node, height, bytes)
        else this.violations.push(`lost: ${node} has no block ${height}`)
      }
    }
    this.compareStates()
    this.violations.push(...this.log.violations.splice(0), ...this.model.violations.splice(0))
  }

  private block(node: string, height: number, bytes: Uint8Array): void {
    const block = decodeBlock(bytes)
    const { epoch = 0 } = unpackExtraData(block.header.extraData) ?? {}
    this.epoch = Math.max(this.epoch, epoch)
    for (const encoded of decodeSidecar(block.sidecar).claims) {
      const read = readClaim(encoded)
      if (!read) {
        this.violations.push(`claim: one in block ${height} of ${node} cannot be read`)
        continue
      }
      const { claim, hash } = read
      const key = `${claim.shard}/${claim.number}`
      if (!this.known.has(key)) this.first(claim, hash)
      const known = this.known.get(key)
      if (known && known.hash !== hash) {
        this.violations.push(`fork: ${node} has another claim ${key} in ${height}`)
      }
      const row = this.rowOf(node, claim, hash, known?.generation ?? 0)
      if (!row) this.violations.push(`availability: ${node} lacks batch ${key}`)
      if (known?.hash !== hash || !row || this.executed.has(key)) continue
      this.executed.add(key)
      const form = readBody(row.bytes)
      if (form.ok) this.model.execute(claim, form.body)
    }
  }

  private readonly executed = new Set<string>()

  /** A claim that no node has shown before. */
  private first(claim: Claim, hash: Hex): void {
    const { shard, number, parent, stateRoot } = claim
    const say = (what: string) => this.violations.push(`${what} (${shard}/${number})`)
    let line = this.lines[shard]
    if (line?.hash !== parent && !this.isChanged) {
      this.change()
      line = this.lines[shard]
      if (hasOrders(claim) || claim.entries > 0 || !stateRoot) say('change: a first claim acts')
    }
    if (!line) say('change: no such shard')
    else if (line.hash !== parent || line.number + 1 !== number) say('gap: stands on no last claim')
    this.lines[shard] = { number, hash, root: stateRoot ?? line?.root ?? '0x' }
    const { generation } = this
    this.known.set(`${shard}/${number}`, { hash, generation })
    this.claims[generation] = (this.claims[generation] as number) + 1
  }

  /** All shards begin again, above all that their sources have. */
  private change(): void {
    const { from, to } = this.chain
    const before = this.lines
    this.generation = 1
    this.model.change(to)
    this.lines = Array.from({ length: to }, (_, shard) => {
      const sources = sourcesOf({ shard, shards: to }, from)
      const parts = sources.map((at) => {
        const { number, hash, root } = before[at] as Line
        // The chain has no hash of what was before the first claim.
        return { shard: at, hash: number === 0 ? NO_HASH : hash, root }
      })
      const numbers = [...sources, shard].map((at) => before[at]?.number ?? 0)
      const hash = reshardParent({ shard, shards: to }, parts)
      return { number: 1 + Math.max(...numbers), hash, root: '0x' as const }
    })
  }

  private rowOf(node: string, { shard, number }: Claim, hash: Hex, generation: number) {
    const platter = this.world.platter(node, 'shards')
    const store = { get: (table: string, key: Uint8Array) => platter.table(table).get(key) }
    return readBatchRow(store as never, SERIES * generation + shard, number, hash)
  }

  checkEnd(): void {
    this.check()
    if (this.violations.length > 0) return
    for (const [key, { to, amount }] of this.log.final) {
      if (this.model.done.get(key) === `${to}:${amount}`) continue
      this.violations.push(`lost: transfer ${key} was final, and is not`)
    }
  }

  /** Nodes that stand at the last final claim of a shard: all say what the model says. */
  private compareStates(): void {
    const { balances, nonces, shards } = this.model
    for (const { node, index, balance, nonce, claim } of this.observed.said.values()) {
      const shard = shardOf(index, shards)
      if (claim !== this.lines[shard]?.hash) continue
      this.compared++
      if (balance === balances.get(index) && nonce === (nonces.get(index) ?? 0)) continue
      this.violations.push(`state: ${node} differs in account ${index} of shard ${shard}`)
    }
  }

  compared = 0

  /** Of each shard. */
  get numbers(): number[] {
    return this.lines.map(({ number }) => number)
  }

  digest(): string {
    return this.lines.map(({ number, hash }) => `${number}:${hash.slice(2, 8)}`).join(' ')
  }
}

const NO_HASH: Hex = `0x${'00'.repeat(32)}`

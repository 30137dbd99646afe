// Reads the disks of the nodes: one final claim for each number of each shard at all of them, its
// batch there, all of it executed again with plain integers over all shards; and at the end what
// the shards of every node say of their accounts and roots.

import { readClaim } from '../../../actors/shard/held-batch.ts'
import { readBatchRow } from '../../../actors/shard/shard-rows.ts'
import { u64 } from '../../../lib/bytes.ts'
import type { Hex } from '../../../lib/hex.ts'
import { decodeBlock } from '../../../protocol/block/block.ts'
import { headerTimeMs } from '../../../protocol/block/extra-data.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import { shardOf } from '../../../protocol/rollup/layout.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { CHAIN_TABLES } from '../../../protocol/state/tables.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { examine } from '../rollup/examiner.ts'
import { FinalBlocks } from '../rollup/final-blocks.ts'
import type { ToldLies } from '../rollup/lies.ts'
import { LOOK_EVERY_MS, LOOKS_MAX } from '../rollup/rollup-checker.ts'
import type { SenderLog } from '../rollup/sender-log.ts'
import { CertificateChecker } from './certificate-checker.ts'
import { LeavingModel } from './leaving-model.ts'
import type { Lock } from './locks-model.ts'
import type { ShardsChain } from './shards-chain.ts'
import { ShardsModel } from './shards-model.ts'

export class ShardsChecker {
  readonly violations: string[] = []
  model: ShardsModel
  readonly leaving = new LeavingModel()
  /** Hashes of each shard's final claims, from whichever node has them first. */
  readonly claims: Hex[][]
  /** Time of the last block seen, and its height. */
  lastMs = 0
  height = 0
  /** Accounts of nodes that were compared with the model's at the end. */
  compared = 0
  private readonly world: World
  private readonly log: SenderLog
  private readonly chain: ShardsChain
  private readonly told: ToldLies
  readonly honest: readonly string[]
  private readonly blocks: FinalBlocks
  private readonly certificates: CertificateChecker
  /** By node: the last claim of each shard in its blocks. */
  private readonly numbers = new Map<string, number[]>()

  constructor(
    world: World,
    log: SenderLog,
    chain: ShardsChain,
    told: ToldLies,
    honest: readonly string[],
  ) {
    this.world = world
    this.blocks = new FinalBlocks(world)
    this.told = told
    this.honest = honest
    this.log = log
    this.chain = chain
    this.model = new ShardsModel(chain)
    const { committee = 0 } = chain.rollup
    this.certificates = new CertificateChecker(world, committee, chain.genesis.block.hash)
    this.claims = chain.accounts.map(() => [])
  }

  /** The last claim of each shard in the blocks that are final at a node. */
  numbersOf(node: string): number[] {
    const found = this.numbers.get(node) ?? this.claims.map(() => 0)
    this.numbers.set(node, found)
    return found
  }

  heightAt(node: string): number {
    return this.blocks.heightAt(node)
  }

  check(): void {
    for (const node of this.honest) {
      this.certificates.learn(node)
      for (const { height, bytes } of this.blocks.next(node)) {
        if (bytes) this.block(node, height, bytes)
        else this.violations.push(`lost: ${node} has no block ${height}`)
      }
    }
    const { log, model, leaving } = this
    for (const { violations } of [log, model, leaving])
      this.violations.push(...violations.splice(0))
  }

  private block(node: string, height: number, bytes: Uint8Array): void {
    const block = decodeBlock(bytes)
    const timestampMs = headerTimeMs(block.header)
    this.lastMs = Math.max(this.lastMs, timestampMs)
    this.height = Math.max(this.height, height)
    const { claims, certificates } = decodeSidecar(block.sidecar)
    for (const [item, encoded] of claims.entries()) {
      const read = readClaim(encoded)
      if (!read) {
        this.violations.push(`claim: one in block ${height} of ${node} cannot be read`)
        continue
      }
      const { claim, hash } = read
      const { shard, number } = claim
      const rowAt = (at: string) => this.rowOf(at, shard, number, hash)
      const hasBatch = (at: string) => (this.honest.includes(at) ? Boolean(rowAt(at)) : undefined)
      const final = { claim, hash, certificate: certificates[item] }
      this.violations.push(...this.certificates.check(final, hasBatch))
      // Outside of a committee batches come after their blocks.
      const holders = this.chain.rollup.committee ? this.honest : [node]
      const row = holders.map(rowAt).find((one) => one !== undefined)
      if (!row) this.violations.push(`availability: ${node} lacks batch ${number} of ${shard}`)
      const known = this.claims[shard] as Hex[]
      if (known.length === number - 1) {
        known.push(hash)
        const form = row && readBody(row.bytes)
        if (form?.ok) this.model.execute(claim, hash, form.body, { height, timestampMs })
      } else if (known[number - 1] !== hash) {
        this.violations.push(`fork: ${node} has another claim ${number} of ${shard} in ${height}`)
      }
      const numbers = this.numbersOf(node)
      if (number !== (numbers[shard] as number) + 1) {
        this.violations.push(`gap: ${node} orders claim ${number} of ${shard} in ${height}`)
      }
      numbers[shard] = number
      this.violations.push(...this.told.falseFinal(hash))
      const { frozen } = this.leaving
      if (frozen?.shard === shard && known.length === number && number > frozen.number) {
        this.violations.push(`frozen: ${node} orders claim ${number} of ${shard} in ${height}`)
      }
    }
    const receipts = this.world.platter(node, 'chain').table(CHAIN_TABLES.receipts)
    const row = receipts.get(u64(height))
    if (row) this.model = this.leaving.block(height, row, this.model)
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
    const { frozen } = this.leaving
    for (const [key, { to, amount, number, claim }] of this.log.final) {
      const shard = shardOf(Number(key.split('/')[0]), shards)
      // It counts as never made.
      if (shard === frozen?.shard && number > frozen.number) continue
      if (this.claims[shard]?.[number - 1] !== claim) {
        this.violations.push(`lost: claim ${number} with transfer ${key} was final, and is not`)
      } else if (this.model.done.get(key) !== `${to}:${amount}`) {
        this.violations.push(`lost: transfer ${key} is not in claim ${number}`)
      }
    }
    if (!this.world.healed || this.violations.length > 0) return
    // While a batch is being made a sequencer's own shard shows what it will be.
    for (let look = 1; look <= LOOKS_MAX; look++) {
      const differing = this.compareStates()
      if (differing.length === 0 || this.violations.length > 0) return
      if (look === LOOKS_MAX) this.violations.push(...differing)
      this.world.runFor(LOOK_EVERY_MS)
      this.check()
    }
  }

  /** Nodes that stand at the last final claim of a shard: all say what the model says. */
  private compareStates(): string[] {
    const { world, honest: nodes, chain, model } = this
    const differing: string[] = []
    this.compared = 0
    const roots = new Map<string, string>()
    const { pairs } = chain.market
    const last = chain.rollup.shards - 1
    const owners = pairs.map(({ owner }) => owner)
    examine(world, {
      nodes,
      accounts: chain.accounts.map((list, shard) => (shard < last ? list : [...list, ...owners])),
      locks: pairs.map(({ lock }) => lock),
      lock: (node, index, lock) => {
        if (lock?.number !== this.claims[last]?.length) return
        this.compared++
        const { use, held } = model.locks.locks.get(index) as Lock
        const terms = held ?? { payee: 0, amount: 0n, deadline: 0 }
        const says = [lock?.use, lock?.payee, lock?.amount, lock?.deadline]
        if (says.join() !== [use, terms.payee, terms.amount, terms.deadline].join()) {
          differing.push(`state: ${node} differs in lock ${index}`)
        }
      },
      account: (node, index, account) => {
        const shard = shardOf(index, chain.rollup.shards)
        if (account?.number !== this.claims[shard]?.length) return
        this.compared++
        const [balance, nonce] = [model.balances.get(index), model.nonces.get(index) ?? 0]
        if (account?.balance !== balance || account?.nonce !== nonce) {
          differing.push(`state: ${node} differs in account ${index}`)
        }
      },
      proof: (node, shard, proof) => {
        if (!proof) return
        const at = `${shard} ${proof.claim}`
        const known = roots.get(at) ?? proof.stateRoot
        if (known !== proof.stateRoot) {
          this.violations.push(`root: ${node} has another one of shard ${at}`)
        }
        roots.set(at, known)
      },
    })
    return differing
  }

  digest(): string {
    return this.claims.map((list) => list.map((hash) => hash.slice(2, 8)).join(' ')).join(' | ')
  }
}

// Reads the disks of the nodes and executes all final batches again, with plain integers: one final
// claim for each number, no transfer twice, all the money there, and what senders were told is
// final.

import { readClaim } from '../../../actors/shard/held-batch.ts'
import { readBatchRow } from '../../../actors/shard/shard-rows.ts'
import type { Hex } from '../../../lib/hex.ts'
import { decodeBlock } from '../../../protocol/block/block.ts'
import { decodeSidecar } from '../../../protocol/block/sidecar.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { transferColumns } from '../../../protocol/rollup/transfer-columns.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { examine } from './examiner.ts'
import { FinalBlocks } from './final-blocks.ts'
import type { ToldLies } from './lies.ts'
import { ACCOUNTS, BALANCE } from './rollup-chain.ts'
import type { SenderLog } from './sender-log.ts'

interface Ordered {
  readonly claim: Claim
  readonly hash: Hex
}

/** How often and how far apart states are compared before a difference is one. */
export const LOOKS_MAX = 4
export const LOOK_EVERY_MS = 2500

interface Account {
  balance: bigint
  nonce: number
}

export class RollupChecker {
  readonly violations: string[] = []
  /** Final claims in order: from the blocks of whichever node has them first. */
  private readonly claims: Ordered[] = []
  private readonly blocks: FinalBlocks
  private readonly numbers = new Map<string, number>()
  private readonly world: World
  private readonly log: SenderLog
  private readonly told: ToldLies
  readonly honest: readonly string[]
  /** Accounts of nodes that were compared with the model's at the end. */
  compared = 0

  constructor(world: World, log: SenderLog, told: ToldLies, honest: readonly string[]) {
    this.world = world
    this.blocks = new FinalBlocks(world)
    this.log = log
    this.told = told
    this.honest = honest
  }

  get height(): number {
    return this.claims.length
  }

  /** The last claim in the blocks that are final at a node. */
  numberOf(node: string): number {
    return this.numbers.get(node) ?? 0
  }

  check(): void {
    for (const node of this.honest) {
      for (const { height, bytes } of this.blocks.next(node)) {
        if (bytes) this.block(node, height, bytes)
        else this.violations.push(`lost: ${node} has no block ${height}`)
      }
    }
    this.violations.push(...this.log.violations.splice(0))
  }

  private block(node: string, height: number, bytes: Uint8Array): void {
    for (const encoded of decodeSidecar(decodeBlock(bytes).sidecar).claims) {
      const read = readClaim(encoded)
      if (!read) {
        this.violations.push(`claim: one in block ${height} of ${node} cannot be read`)
        continue
      }
      const { number } = read.claim
      const known = this.claims[number - 1]
      if (!known && number === this.claims.length + 1) this.claims.push(read)
      else if (known?.hash !== read.hash) {
        this.violations.push(`fork: ${node} has another claim ${number} in block ${height}`)
      }
      if (number !== this.numberOf(node) + 1) {
        this.violations.push(`gap: ${node} orders claim ${number} in block ${height}`)
      }
      this.numbers.set(node, number)
      this.violations.push(...this.told.falseFinal(read.hash))
      this.held(node, read)
    }
  }

  /** A final claim's batch is on the disk of each that has the block. */
  private held(node: string, { claim, hash }: Ordered): void {
    if (!this.rowOf(node, claim.number, hash)) {
      this.violations.push(
        `availability: ${node} made claim ${claim.number} final without its batch`,
      )
    }
  }

  private rowOf(node: string, number: number, hash: Hex) {
    const platter = this.world.platter(node, 'shards')
    const store = { get: (table: string, key: Uint8Array) => platter.table(table).get(key) }
    return readBatchRow(store as never, 0, number, hash)
  }

  checkEnd(): void {
    this.check()
    if (this.violations.length > 0) return
    this.replayAll()
    if (!this.world.healed || this.violations.length > 0) return
    // While a batch is being made a sequencer's own shard shows what it will be.
    for (let look = 1; look <= LOOKS_MAX; look++) {
      const differing = this.compareStates(this.replayAll())
      if (differing.length === 0 || this.violations.length > 0) return
      if (look === LOOKS_MAX) this.violations.push(...differing)
      this.world.runFor(LOOK_EVERY_MS)
      this.check()
    }
  }

  /** All accounts after all final claims. */
  private replayAll(): Account[] {
    const accounts = Array.from({ length: ACCOUNTS }, () => ({ balance: BALANCE, nonce: 0 }))
    const done = new Map<string, string>()
    for (const { claim, hash } of this.claims) this.replay(claim, hash, accounts, done)
    const total = accounts.reduce((sum, { balance }) => sum + balance, 0n)
    if (total !== BigInt(ACCOUNTS) * BALANCE) this.violations.push(`supply: ${total} in all`)
    for (const [key, { to, amount, number, claim }] of this.log.final) {
      if (this.claims[number - 1]?.hash !== claim) {
        this.violations.push(`lost: claim ${number} with transfer ${key} was final, and is not`)
      } else if (done.get(key) !== `${to}:${amount}`) {
        this.violations.push(`lost: transfer ${key} is not in claim ${number}`)
      }
    }
    return accounts
  }

  private replay(claim: Claim, hash: Hex, accounts: Account[], done: Map<string, string>): void {
    const node = this.honest.find((one) => this.rowOf(one, claim.number, hash))
    const row = node && this.rowOf(node, claim.number, hash)
    const form = row ? readBody(row.bytes) : undefined
    if (!form?.ok) {
      this.violations.push(`availability: nobody has the body of claim ${claim.number}`)
      return
    }
    const { from, to, amountLo } = transferColumns(form.body)
    for (let i = 0; i < from.length; i++) {
      const sender = accounts[from[i] as number] as Account
      const receiver = accounts[to[i] as number] as Account
      const amount = BigInt(amountLo[i] as number)
      const key = `${from[i]}/${sender.nonce}`
      if (done.has(key)) this.violations.push(`twice: ${key} in claim ${claim.number}`)
      done.set(key, `${to[i]}:${amount}`)
      sender.nonce++
      sender.balance -= amount + BigInt(claim.fee)
      receiver.balance += amount
      if (sender.balance < 0n) this.violations.push(`overdrawn: account ${from[i]}`)
    }
    const paid = BigInt(claim.fee) * BigInt(from.length)
    const payee = accounts[claim.feeAccount]
    if (paid > 0n && payee) payee.balance += paid
  }

  /** What the shards say of their accounts and roots, once nothing is under way. */
  private compareStates(accounts: readonly Account[]): string[] {
    const differing: string[] = []
    const roots = new Map<string, string>()
    this.compared = 0
    examine(this.world, {
      nodes: this.honest,
      accounts: [[...accounts.keys()]],
      account: (node, index, account) => {
        if (account?.number !== this.claims.length) return
        this.compared++
        const model = accounts[index] as Account
        if (account.balance !== model.balance || account.nonce !== model.nonce) {
          differing.push(`state: ${node} differs in account ${index}`)
        }
      },
      proof: (node, _, proof) => {
        if (!proof) return
        const known = roots.get(proof.claim) ?? proof.stateRoot
        if (known !== proof.stateRoot) {
          this.violations.push(`root: ${node} has another one after claim ${proof.claim}`)
        }
        roots.set(proof.claim, known)
      },
    })
    return differing
  }

  get hashes(): Hex[] {
    return this.claims.map(({ hash }) => hash)
  }

  digest(): string {
    return this.claims.map(({ hash }) => hash.slice(2, 8)).join(' ')
  }
}

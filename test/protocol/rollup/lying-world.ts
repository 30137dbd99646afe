// Shards in real blocks of a base chain, and what a sequencer signs for them, true or not. That a
// block orders a lie stands for validators that do not execute what they vote for.

import type { Hex } from '../../../lib/hex.ts'
import { decodeReceipt } from '../../../protocol/block/transaction-receipt.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { FAILOVER_MS, ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  encodeClaim,
  type UnsignedClaim,
} from '../../../protocol/rollup/claim.ts'
import { rollupHeadAfter } from '../../../protocol/rollup/rollup-head.ts'
import { readAccount } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { simBls } from '../../sim/sim-crypto.ts'
import { sign, WALLETS, type Wallet } from '../chain-world.ts'
import { EpochWorld, keyOf, specOf } from '../epoch/epoch-world.ts'
import { type BatchPlan, makeClaim } from './make-claim.ts'
import { genesisState } from './rollup-world.ts'

const OWNER = WALLETS[0] as Wallet
/** Every sequencer may make a claim. */
export const LATE = { timestampMs: 1_700_000_000_000 + 4 * FAILOVER_MS }

export class LyingWorld extends EpochWorld {
  readonly shards

  constructor(shards = 1, accounts = 20) {
    const rollup = { shards, accounts, locks: 0, balance: 1000n, owner: OWNER.address }
    const params = { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [60, 60, 60] as const }
    super(specOf({ params: { ...params, modePolicy: 1, rollup } }))
    this.shards = Array.from({ length: shards }, (_, shard) => genesisState(rollup, shard))
    this.step(LATE)
  }

  get shard() {
    const [first] = this.shards
    if (!first) throw new Error('there is a shard')
    return first
  }

  get head() {
    return this.headOf(0)
  }

  headOf(shard: number) {
    return rollupHeadAfter(treeView(this.tree), shard, this.genesis.block.hash)
  }

  /** Executed on the shard. */
  make(plan: BatchPlan, of = 0) {
    const on = { head: this.headOf(of), inbox: [], epoch: this.rules.epoch }
    const shard = this.shards[of]
    if (!shard) throw new Error('no such shard')
    return makeClaim(shard, on, plan)
  }

  claim(from: number) {
    return this.make({ transfers: [{ from, to: from + 1, amount: 5n }] })
  }

  sign(claim: UnsignedClaim): Claim {
    const digest = claimDigest(this.genesis.block.hash, claimHash(claim))
    return { ...claim, signature: simBls.sign(keyOf(claim.sequencer), digest) }
  }

  order(claim: Claim): void {
    this.step({ sidecar: { claims: [encodeClaim(claim)] } })
  }

  wordsOf(address: Hex) {
    return { load: (slot: Hex) => treeView(this.tree).storage(address, slot) }
  }

  balance(address: Hex): bigint {
    return readAccount(this.tree, address).balance
  }

  /** A transaction to the module, in a block of its own; its gas price is 1 gwei or so. */
  send(from: Wallet, data: Uint8Array, value = 0n, timestampMs?: number): boolean {
    const { nonce } = readAccount(this.tree, from.address)
    const sent = [sign(from, { nonce, to: ROLLUP_ADDRESS, value, data, gasLimit: 3_000_000 })]
    const built = this.build({ sent, ...(timestampMs !== undefined && { timestampMs }) })
    if (!built.ok) throw new Error(built.code)
    this.step({ sent, ...(timestampMs !== undefined && { timestampMs }) })
    const [receipt] = built.executed.receipts
    return decodeReceipt(receipt as Uint8Array).succeeded
  }
}

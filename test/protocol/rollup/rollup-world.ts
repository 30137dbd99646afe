// The rollup on the base chain for tests: the module and the ordering of claims over plain balances
// and words with rollback, and beside them the real state of a shard, whose batches are executed
// and claimed as a sequencer would.

import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { EpochRules } from '../../../protocol/consensus/epoch-rules.ts'
import type { ValidatorSet } from '../../../protocol/consensus/validator-set.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import type { Log, ModuleResult, SystemState } from '../../../protocol/modules/module.ts'
import { ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  encodeClaim,
  type UnsignedClaim,
} from '../../../protocol/rollup/claim.ts'
import {
  genesisShard,
  ROLLUP_CONFIG_DEFAULT,
  rollupAtGenesis,
} from '../../../protocol/rollup/genesis-rollup.ts'
import { indexOf } from '../../../protocol/rollup/layout.ts'
import { orderClaims } from '../../../protocol/rollup/order-claims.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import {
  inboxMessages,
  type RollupHead,
  rollupHeadAfter,
} from '../../../protocol/rollup/rollup-head.ts'
import { createRollupModule } from '../../../protocol/rollup/rollup-module.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import type { StateView } from '../../../protocol/state/state-view.ts'
import { simBls } from '../../sim/sim-crypto.ts'
import { type Batch, type BatchPlan, makeClaim } from './make-claim.ts'

export const GENESIS_HASH: Hex = `0x${'9e'.repeat(32)}`
export const CHAIN = { chainId: 1337n, genesisHash: GENESIS_HASH }
export const START_SECONDS = 1_800_000_000
export const RICH = 10n ** 24n
export const UNIT = ROLLUP_UNIT_WEI

export const account = (n: number): Hex => `0x${(0xa0_0000 + n).toString(16).padStart(40, '0')}`
export const secretOf = (n: number) => new Uint8Array(32).fill(n + 1)
const userSecret = (n: number) => new Uint8Array(32).fill(100 + n)
export const spendKey = (n: number): Hex => `0x${(0x5e0000 + n).toString(16).padStart(64, '0')}`

export function validatorSet(count = 4): ValidatorSet {
  const validators = Array.from({ length: count }, (_, index) => ({
    index,
    address: account(100 + index),
    blsPublicKey: bytesToHex(simBls.publicKey(secretOf(index))),
    vrfPublicKey: spendKey(index),
    stake: 10n ** 22n,
    authority: true,
  }))
  return { validators }
}

export function rulesOf(set = validatorSet(), seed: Hex = `0x${'00'.repeat(32)}`): EpochRules {
  return {
    epoch: 7,
    mode: 0,
    balancedStake: { numerator: 1n, denominator: 3n },
    set,
    setHash: `0x${'55'.repeat(32)}`,
    seed,
    startHeight: 1,
    startMs: START_SECONDS * 1000,
    epochBlocks: 600,
    epochMs: 60_000,
  }
}

export class RollupWorld {
  readonly config: RollupConfig
  /** The first of them, which most tests are about. */
  readonly shard: ShardState
  shards: readonly ShardState[]
  rules = rulesOf()
  balances = new Map<Hex, bigint>()
  /** Of all accounts: `address slot` → word. */
  words = new Map<string, bigint>()
  logs: Log[] = []
  height = 1
  nowMs = START_SECONDS * 1000
  private readonly module = createRollupModule({ bls: simBls, genesisHash: GENESIS_HASH })

  constructor(over: Partial<RollupConfig> = {}) {
    this.config = { ...ROLLUP_CONFIG_DEFAULT, ...over }
    for (let n = 0; n < 40; n++) this.balances.set(account(n), RICH)
    const wei = rollupAtGenesis(this.system, this.config, START_SECONDS)
    this.balances.set(ROLLUP_ADDRESS, wei)
    const { shards: count } = this.config
    this.shards = Array.from({ length: count }, (_, i) => genesisState(this.config, i))
    this.shard = this.shards[0] as ShardState
  }

  balance(address: Hex): bigint {
    return this.balances.get(address) ?? 0n
  }

  get wei(): bigint {
    return [...this.balances.values()].reduce((sum, one) => sum + one, 0n)
  }

  get system(): SystemState {
    const at = (owner: Hex, slot: Hex) => `${owner} ${slot}`
    const refuse = () => {
      throw new Error('the rollup makes no wei')
    }
    return {
      balance: (of) => this.balance(of),
      transfer: (from, to, amount) => {
        if (amount < 0n || this.balance(from) < amount) throw new Error('moved what is not there')
        this.balances.set(from, this.balance(from) - amount)
        this.balances.set(to, this.balance(to) + amount)
      },
      load: (slot) => this.words.get(at(ROLLUP_ADDRESS, slot)) ?? 0n,
      save: (slot, word) => void this.words.set(at(ROLLUP_ADDRESS, slot), word),
      loadOf: (other, slot) => this.words.get(at(other, slot)) ?? 0n,
      mint: refuse,
      burn: refuse,
    }
  }

  get view(): StateView {
    const account = () => {
      throw new Error('not asked for')
    }
    return { account, storage: (address, slot) => this.words.get(`${address} ${slot}`) ?? 0n }
  }

  get head(): RollupHead {
    return this.headOf(0)
  }

  headOf(shard: number): RollupHead {
    return rollupHeadAfter(this.view, shard, GENESIS_HASH)
  }

  /** Another block, so much later. */
  next(ms = 100, blocks = 1): void {
    this.height += blocks
    this.nowMs += ms
  }

  private undoable<T>(run: () => T, isDone: (result: T) => boolean): T {
    const undo = { balances: new Map(this.balances), words: new Map(this.words) }
    const result = run()
    if (!isDone(result)) [this.balances, this.words] = [undo.balances, undo.words]
    return result
  }

  /** Runs a call as the chain does: value first, everything undone when it is refused. */
  call(caller: Hex, data: Uint8Array, value = 0n): ModuleResult {
    const logs: Log[] = []
    const run = () => {
      const state = this.system
      state.transfer(caller, ROLLUP_ADDRESS, value)
      return this.module.call({
        chainId: CHAIN.chainId,
        height: this.height,
        timestamp: Math.floor(this.nowMs / 1000),
        caller,
        value,
        data,
        state,
        emit: (log) => void logs.push(log),
      })
    }
    const result = this.undoable(run, ({ ok }) => ok)
    if (result.ok) this.logs.push(...logs)
    return result
  }

  /** '' or the code of the refusal. */
  code(caller: Hex, data: Uint8Array, value = 0n): string {
    const result = this.call(caller, data, value)
    return result.ok ? '' : result.code
  }

  do(caller: Hex, data: Uint8Array, value = 0n): Uint8Array {
    const result = this.call(caller, data, value)
    if (!result.ok) throw new Error(result.code)
    return result.output
  }

  registration(n: number) {
    return calls.makeAccountRegistration(simBls, userSecret(n), spendKey(n))
  }

  /** Registers the account of a person; returns its index. */
  register(n: number, units = 0n): number {
    const data = calls.encodeRegisterAccount(this.registration(n))
    return calls.decodeRegistered(this.do(account(n), data, units * UNIT))
  }

  deposit(n: number, index: number, units: bigint): void {
    this.do(account(n), calls.encodeDepositTo(index), units * UNIT)
  }

  /** Executes a batch on the shard and says what its claim must say. */
  batch(plan: BatchPlan = {}, of = 0): Batch {
    const { rules } = this
    const head = this.headOf(of)
    const inbox = inboxMessages(this.view, of, head.inboxTo, plan.inboxTo ?? head.inboxCount)
    if (!inbox) throw new Error('messages are missing')
    const shard = this.shards[of] as ShardState
    return makeClaim(shard, { head, inbox, epoch: rules.epoch }, plan)
  }

  sign(claim: UnsignedClaim): Claim {
    const digest = claimDigest(GENESIS_HASH, claimHash(claim))
    return { ...claim, signature: simBls.sign(secretOf(claim.sequencer), digest) }
  }

  /** '' or the code that refuses them; then nothing has changed. */
  order(list: readonly (Claim | Uint8Array)[], certificates: readonly Uint8Array[] = []): string {
    const claims = list.map((one) => (one instanceof Uint8Array ? one : encodeClaim(one)))
    const facts = { rules: this.rules, height: this.height, timestampMs: this.nowMs }
    const orders = () =>
      orderClaims(this.system, { claims, certificates }, { chain: CHAIN, bls: simBls }, facts)
    const refused = this.undoable(orders, (result) => result === undefined)
    return refused?.code ?? ''
  }

  /** A batch, made and ordered in a block of its own. */
  step(plan: BatchPlan = {}): Batch {
    this.next()
    const batch = this.batch(plan)
    const code = this.order([this.sign(batch.claim)])
    if (code) throw new Error(code)
    return batch
  }

  /** What the owner of an exit of a batch sends. */
  exit({ claim, executed }: Batch, position: number): calls.ExitClaim {
    const { exits } = executed
    const tree = new MerkleTree(hashPairsNoble)
    tree.reserve(exits.length / 8).set(new Uint8Array(exits.buffer, 0, exits.byteLength))
    tree.build()
    const word = (at: number) => exits[8 * position + at] as number
    const wide = (at: number) => BigInt(word(at)) + (BigInt(word(at + 1)) << 32n)
    return {
      shard: 0,
      number: claim.number,
      position,
      from: word(0),
      amount: wide(2),
      entry: Number(wide(4)),
      total: wide(6),
      proof: tree.proof(position),
    }
  }

  /** What the owner of an account of a frozen shard sends: `state` as it was at the frozen root. */
  exitFrozen(index: number, state = this.shard): Uint8Array {
    const record = bytesToHex(state.table.recordOf(index))
    return calls.encodeExitFrozen(index, record, state.pages.proof(index, hashPairsNoble))
  }

  /** What the owner of a lock's payee sends there. */
  settleFrozen(lock: number, amount: bigint, hash: Hex): Uint8Array {
    const { table, pages } = this.shard
    const record = bytesToHex(table.recordOf(lock))
    const proof = pages.proof(lock, hashPairsNoble)
    return calls.encodeSettleFrozen(lock, { amount, hash }, record, proof)
  }
}

/** A shard's state as the genesis leaves it. */
export function genesisState(config: RollupConfig, shard: number): ShardState {
  const { accounts, slots, entries, supply } = genesisShard(config, shard)
  const state = new ShardState({ shard, shards: config.shards })
  const { table } = state
  const [lo, hi] = [Number(config.balance & 0xffff_ffffn), Number(config.balance >> 32n)]
  if (slots > 0) table.growFor(slots - 1)
  for (let slot = 0; slot < accounts; slot++) table.put(slot, lo, hi, 0, entries, 0)
  for (let slot = accounts; slot < slots; slot++) {
    const owner = indexOf(shard, config.shards, (slot - accounts) % accounts)
    table.put(slot, 0, 0, 0, entries, 0, 2, 0, owner)
  }
  table.used = slots
  state.entries = entries
  state.supply = supply
  return state
}

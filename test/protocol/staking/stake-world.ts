// A small world for tests of staking and governance: balances and storage of all accounts with
// rollback, epochs that can be recorded, and cheap signatures unless real ones are asked for.
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { decodeErrorString } from '../../../protocol/abi/error-string.ts'
import type { Validator, ValidatorSet } from '../../../protocol/consensus/validator-set.ts'
import { type SignedKind, voteDigest } from '../../../protocol/consensus/vote.ts'
import type { Bls } from '../../../protocol/crypto/signatures.ts'
import { governAtGenesis } from '../../../protocol/governance/genesis-governance.ts'
import { createGovernanceModule } from '../../../protocol/governance/governance-module.ts'
import { type ParameterName, parameterSlot } from '../../../protocol/governance/parameters.ts'
import type { Log, Module, ModuleResult, ModuleState } from '../../../protocol/modules/module.ts'
import { GOVERNANCE_ADDRESS, STAKING_ADDRESS, WEI_PER_AITBC } from '../../../protocol/params.ts'
import { snapshotValidators } from '../../../protocol/staking/candidates.ts'
import { currentEpoch, recordEpoch } from '../../../protocol/staking/epoch-history.ts'
import {
  encodeEvidence,
  makeEvidence,
  type SignedMessage,
} from '../../../protocol/staking/evidence.ts'
import * as calls from '../../../protocol/staking/staking-calls.ts'
import { createStakingModule } from '../../../protocol/staking/staking-module.ts'
import { simBls } from '../../sim/sim-crypto.ts'

export const AITBC = WEI_PER_AITBC
export const GENESIS_HASH: Hex = `0x${'9e'.repeat(32)}`
export const CHAIN = { chainId: 1337n, genesisHash: GENESIS_HASH }
export const START = 1_800_000_000
export const RICH = 1_000_000n * AITBC

export const account = (n: number): Hex => `0x${(0xa0_0000 + n).toString(16).padStart(40, '0')}`
export const blsSecret = (n: number) => new Uint8Array(32).fill(n + 1)
export const vrfKey = (n: number): Hex => `0x${(0xb0_0000 + n).toString(16).padStart(64, '0')}`
export const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

export class StakeWorld {
  readonly bls: Bls
  private readonly modules: readonly Module[]
  balances = new Map<Hex, bigint>()
  /** `account slot` → word. */
  words = new Map<string, bigint>()
  logs: Log[] = []
  now = START
  set: ValidatorSet = { validators: [] }

  constructor(bls: Bls = simBls) {
    this.bls = bls
    this.modules = [
      createStakingModule({ bls, genesisHash: GENESIS_HASH }),
      createGovernanceModule(),
    ]
    for (let n = 0; n < 40; n++) this.balances.set(account(n), RICH)
  }

  balance(address: Hex): bigint {
    return this.balances.get(address) ?? 0n
  }

  supply(): bigint {
    return [...this.balances.values()].reduce((sum, wei) => sum + wei, 0n)
  }

  state(address: Hex): ModuleState {
    const at = (owner: Hex, slot: Hex) => `${owner} ${slot}`
    return {
      balance: (of) => this.balance(of),
      transfer: (from, to, amount) => {
        if (amount < 0n || this.balance(from) < amount) throw new Error('moved what is not there')
        this.balances.set(from, this.balance(from) - amount)
        this.balances.set(to, this.balance(to) + amount)
      },
      load: (slot) => this.words.get(at(address, slot)) ?? 0n,
      save: (slot, word) => void this.words.set(at(address, slot), word),
      loadOf: (other, slot) => this.words.get(at(other, slot)) ?? 0n,
    }
  }

  get staking(): ModuleState {
    return this.state(STAKING_ADDRESS)
  }

  /** What system calls of the block bring. */
  get system() {
    const emit = (log: Log) => void this.logs.push(log)
    return { state: this.staking, timestamp: this.now, emit }
  }

  /** Runs a call as the chain does: value first, everything undone when it is refused. */
  call(caller: Hex, data: Uint8Array, value = 0n, to: Hex = STAKING_ADDRESS): ModuleResult {
    const module = this.modules.find((one) => one.address === to)
    if (!module) throw new Error(`no module at ${to}`)
    const undo = { balances: new Map(this.balances), words: new Map(this.words) }
    const logs: Log[] = []
    const state = this.state(to)
    state.transfer(caller, to, value)
    const result = module.call({
      chainId: CHAIN.chainId,
      height: 1,
      timestamp: this.now,
      caller,
      value,
      data,
      state,
      emit: (log) => void logs.push(log),
    })
    if (result.ok) this.logs.push(...logs)
    else [this.balances, this.words] = [undo.balances, undo.words]
    return result
  }

  /** The output of a call that must be accepted. */
  do(caller: Hex, data: Uint8Array, value = 0n, to: Hex = STAKING_ADDRESS): Uint8Array {
    const result = this.call(caller, data, value, to)
    if (!result.ok) throw new Error(decodeErrorString(result.output))
    return result.output
  }

  setParameter(name: ParameterName, value: bigint): void {
    this.state(GOVERNANCE_ADDRESS).save(parameterSlot(name), value + 1n)
  }

  admit(...operators: Hex[]): void {
    governAtGenesis(this.state(GOVERNANCE_ADDRESS), {}, operators)
  }

  registration(n: number, terms: { commission?: number; vrf?: Hex; operator?: Hex } = {}) {
    const { commission = 0, vrf = vrfKey(n), operator = account(n) } = terms
    const all = { operator, vrfPublicKey: vrf, commission }
    return calls.makeRegistration(this.bls, CHAIN, blsSecret(n), all)
  }

  register(n: number, wei = 10_000n * AITBC, commission = 0): void {
    this.do(account(n), calls.encodeRegister(this.registration(n, { commission })), wei)
  }

  /** The next epoch begins, with everybody who can be in its set now. */
  nextEpoch(seconds = 60): number {
    this.now += seconds
    const first = (one: Omit<Validator, 'index'>) => (one.authority ? 0 : 1)
    const validators = snapshotValidators(this.staking)
      .map(({ authorityWanted, ...one }) => ({ ...one, authority: authorityWanted }))
      .sort((a, b) => first(a) - first(b))
      .map((one, index) => ({ index, ...one }))
    const before = this.set
    this.set = { validators }
    const isFirst = this.words.get(`${STAKING_ADDRESS} ${hash(6)}`) === undefined
    const epoch = isFirst ? 0 : currentEpoch(this.staking) + 1
    recordEpoch(this.staking, { epoch, startSeconds: this.now, set: this.set }, before)
    return epoch
  }

  /** A message that validator `n` signs. */
  signed(
    n: number,
    kind: SignedKind,
    about: { epoch: number; view: number; block: Hex },
  ): SignedMessage {
    const digest = voteDigest(CHAIN, kind, about.epoch, about.view, about.block)
    return { kind, hash: about.block, signature: this.bls.sign(blsSecret(n), digest) }
  }

  /** Evidence against validator `n`: it signed for two blocks in one view. */
  evidence(n: number, kind: SignedKind, epoch: number, view = 7): Uint8Array {
    const at = kind === 4 ? 0 : view
    const messages = [1, 2].map((block) =>
      this.signed(n, kind, { epoch, view: at, block: hash(block) }),
    ) as [SignedMessage, SignedMessage]
    const blsPublicKey = bytesToHex(this.bls.publicKey(blsSecret(n)))
    const evidence = makeEvidence({ blsPublicKey, epoch, view: at }, messages)
    if (!evidence) throw new Error('no contradiction')
    return encodeEvidence(evidence)
  }

  validator(n: number) {
    return calls.decodeValidatorOf(this.do(account(0), calls.encodeValidatorOf(account(n))))
  }

  delegation(validator: number, delegator: number) {
    const data = calls.encodeDelegationOf(account(validator), account(delegator))
    return calls.decodeDelegationOf(this.do(account(0), data))
  }

  claim(n: number, index = 0n) {
    return calls.decodeClaimOf(this.do(account(0), calls.encodeClaimOf(account(n), index)))
  }
}

/** The code of a refusal, checked to be what wallets are told; `accepted` if it was none. */
export function codeOf(result: ModuleResult): string {
  if (result.ok) return 'accepted'
  const text = decodeErrorString(result.output) ?? ''
  return text.startsWith(`${result.code}: `) ? result.code : `unexplained: ${text}`
}

// A chain on plain states for tests of epochs: the real rules, built and validated block by block,
// with the simulator's signatures because hundreds of blocks are made.

import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { headerTimeMs, unpackExtraData } from '../../../protocol/block/extra-data.ts'
import { encodeSidecar, plainSidecar, type Sidecar } from '../../../protocol/block/sidecar.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import { type Checkpoint, checkpointHash } from '../../../protocol/consensus/checkpoint.ts'
import { type EpochRules, isBoundary } from '../../../protocol/consensus/epoch-rules.ts'
import { viewRandomness } from '../../../protocol/consensus/leader.ts'
import {
  CHECKPOINT,
  FINALIZE,
  type VoteKind,
  voteDigest,
} from '../../../protocol/consensus/vote.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import { openCheckpoint } from '../../../protocol/epoch/checkpoint-storage.ts'
import { epochWords, rulesAfter } from '../../../protocol/epoch/epoch-storage.ts'
import { buildBlock } from '../../../protocol/execution/build-block.ts'
import type { ChainConfig } from '../../../protocol/execution/chain-config.ts'
import type { SentTransaction } from '../../../protocol/execution/execute-transactions.ts'
import type { Decided } from '../../../protocol/execution/plan-block.ts'
import { validateBlock } from '../../../protocol/execution/validate-block.ts'
import { chainModules } from '../../../protocol/genesis/chain-modules.ts'
import { type Genesis, makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { genesisConfig } from '../../../protocol/genesis/genesis-config.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import type { GenesisSpec } from '../../../protocol/genesis/genesis-spec.ts'
import type { StateTree } from '../../../protocol/state/state-tree.ts'
import { treeView } from '../../../protocol/state/state-view.ts'
import { simBls, simVrf } from '../../sim/sim-crypto.ts'
import { WALLETS, wallet } from '../chain-world.ts'

export const STAKE = 10_000n * 10n ** 18n
export const BLOCK_MS = 100
const START_SECONDS = 1_700_000_000
const NOTHING = new Uint8Array(0)

/** Of both keys of the validator with this number. */
export function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(32).fill(0x33)
  new DataView(key.buffer).setUint32(28, number)
  return key
}

export function genesisValidator(
  number: number,
  over: { stake?: bigint; authority?: boolean } = {},
) {
  const key = keyOf(number)
  return {
    name: `validator${number}`,
    address: wallet(5000 + number).address,
    blsPublicKey: bytesToHex(simBls.publicKey(key)),
    possession: bytesToHex(simBls.provePossession(key)),
    vrfPublicKey: bytesToHex(simVrf.publicKey(key)),
    stake: STAKE,
    authority: true,
    ...over,
  }
}

/** Epochs of six blocks in every mode. */
export function specOf(over: Partial<GenesisSpec> = {}): GenesisSpec {
  return {
    chainId: 1337n,
    timestamp: START_SECONDS,
    mode: 0,
    params: { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [6, 6, 6], modePolicy: 1 },
    validators: [0, 1, 2, 3].map((number) => genesisValidator(number)),
    accounts: WALLETS.map(({ address }) => ({
      address,
      balance: 10n ** 24n,
      deposit: 0n,
      allowances: [],
    })),
    ...over,
  }
}

export interface Step {
  readonly timestampMs?: number
  readonly view?: number
  readonly proposer?: number
  readonly sidecar?: Partial<Sidecar>
  readonly sent?: readonly SentTransaction[]
}

export class EpochWorld {
  readonly genesis: Genesis
  readonly config: ChainConfig
  block: Block
  tree: StateTree
  /** What the validators of the last epoch sign, and their rules. */
  open: { readonly checkpoint: Checkpoint; readonly rules: EpochRules } | undefined
  private readonly keys = new Map<Hex, Uint8Array>()

  constructor(spec: GenesisSpec = specOf()) {
    this.genesis = makeGenesis(spec)
    const genesisHash = this.genesis.block.hash
    const modules = chainModules({ bls: simBls, secp256k1: secp256k1Noble, genesisHash })
    this.config = genesisConfig(this.genesis, modules, { bls: simBls, vrf: simVrf })
    this.block = this.genesis.block
    this.tree = this.genesis.tree
    for (let number = 0; number < 64; number++) {
      const key = keyOf(number)
      this.keys.set(bytesToHex(simBls.publicKey(key)), key)
    }
  }

  get rules(): EpochRules {
    return rulesAfter(treeView(this.tree))
  }

  get words() {
    return epochWords(treeView(this.tree))
  }

  get parentView(): number {
    const { header } = this.block
    if (header.height + 1 === this.rules.startHeight) return 0
    return unpackExtraData(header.extraData)?.view ?? 0
  }

  decide(step: Step = {}): Decided {
    const { rules, parentView } = this
    const { view = parentView + 1 } = step
    const { proposer = view % rules.set.validators.length } = step
    const key = this.keyAt(rules, proposer)
    const alpha = viewRandomness(rules.seed, rules.epoch, view)
    const vrfProof = simVrf.prove(key, alpha).proof
    const plain = plainSidecar({ validatorSetHash: rules.setHash, proposer, parentView, vrfProof })
    return {
      timestampMs: step.timestampMs ?? headerTimeMs(this.block.header) + BLOCK_MS,
      mode: rules.mode,
      epoch: rules.epoch,
      view,
      proposer,
      sidecar: encodeSidecar({ ...plain, ...step.sidecar }),
    }
  }

  build(step: Step = {}) {
    const decided = this.decide(step)
    return buildBlock(this.config, this.block, this.tree, decided, step.sent ?? [])
  }

  /** Builds the next block, has it validated, and stands on it. Throws the code of a refusal. */
  step(step: Step = {}): Block {
    const { rules } = this
    const built = this.build(step)
    if (!built.ok) throw new Error(`${built.code} ${built.detail}`)
    const { block, executed } = built
    const { config, tree } = this
    const checked = validateBlock(config, this.block, tree, block, executed.included)
    if (!checked.ok) throw new Error(`${checked.code} ${checked.detail}`)
    this.block = block
    this.tree = executed.tree
    const { height } = block.header
    if (isBoundary(rules, height, headerTimeMs(block.header))) {
      const checkpoint = openCheckpoint(this.words, this.rules, block.hash)
      this.open = checkpoint && { checkpoint, rules }
    }
    return block
  }

  /** To the end of the epoch; its first block brings the last one's checkpoint unless told not to. */
  epoch({ certify = true } = {}): void {
    const { epoch } = this.rules
    const checkpoint = certify && this.open ? this.checkpoint() : NOTHING
    this.step({ sidecar: { checkpoint } })
    while (this.rules.epoch === epoch) this.step()
  }

  /** The certificate of the open checkpoint, signed by those of its set. */
  checkpoint(signers?: readonly number[], over: Partial<Checkpoint> = {}): Uint8Array {
    if (!this.open) throw new Error('no epoch has ended')
    const { checkpoint, rules } = this.open
    const hash = checkpointHash({ ...checkpoint, ...over })
    return this.certificate(rules, CHECKPOINT, 0, hash, signers)
  }

  /** Votes on a view of this epoch, whatever its block. */
  participation(view: number, signers?: readonly number[]): Uint8Array {
    return this.certificate(this.rules, FINALIZE, view, `0x${'77'.repeat(32)}`, signers)
  }

  private certificate(
    rules: EpochRules,
    kind: VoteKind,
    view: number,
    blockHash: Hex,
    signers: readonly number[] = rules.set.validators.map(({ index }) => index),
  ): Uint8Array {
    const { epoch } = rules
    const digest = voteDigest(this.config.chain, kind, epoch, view, blockHash)
    const votes = signers.map((index) => simBls.sign(this.keyAt(rules, index), digest))
    const signature = simBls.aggregate(votes)
    return encodeCertificate({ kind, epoch, view, blockHash, signers, signature })
  }

  private keyAt({ set }: EpochRules, index: number): Uint8Array {
    const publicKey = set.validators[index]?.blsPublicKey
    const key = publicKey && this.keys.get(publicKey)
    return key ?? hexToBytes(`0x${'00'.repeat(32)}`)
  }
}

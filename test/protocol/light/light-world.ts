// A chain for light clients: epochs with their own modes and validators, every block finalised and
// every epoch checkpointed with real signatures. Blocks are empty: only their headers matter here.

import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { type Block, makeBlock } from '../../../protocol/block/block.ts'
import { packExtraData } from '../../../protocol/block/extra-data.ts'
import { encodeHeader } from '../../../protocol/block/header-codec.ts'
import { orderedRoot } from '../../../protocol/block/ordered-trie.ts'
import { encodeSidecar, plainSidecar, sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { encodeCertificate } from '../../../protocol/consensus/certificate.ts'
import {
  type Checkpoint,
  checkpointHash,
  encodeCheckpoint,
  type RulesDigest,
} from '../../../protocol/consensus/checkpoint.ts'
import type { Fraction } from '../../../protocol/consensus/epoch-rules.ts'
import {
  encodeValidatorSet,
  type ModeNumber,
  type ValidatorSet,
  validatorSetHash,
} from '../../../protocol/consensus/validator-set.ts'
import { CHECKPOINT, FINALIZE, voteDigest } from '../../../protocol/consensus/vote.ts'
import type { Genesis } from '../../../protocol/genesis/genesis-block.ts'
import type { CheckpointStep } from '../../../protocol/light/follow-checkpoint.ts'
import { provenShare, proveShare, type ShareProof } from '../../../protocol/light/genesis-share.ts'
import { genesisState, type LightState } from '../../../protocol/light/light-state.ts'
import type { HeaderProof } from '../../../protocol/light/verify-header.ts'
import { CHAIN_ID, testGenesis } from '../chain-world.ts'

export const EPOCH_BLOCKS = 3

export interface Member {
  /** Whose keys. */
  readonly id: number
  readonly stake: bigint
  readonly authority: boolean
}

export interface EpochPlan {
  readonly mode: ModeNumber
  readonly members: readonly Member[]
}

interface ChildParts {
  readonly mode: ModeNumber
  readonly setHash: Hex
  readonly transactions: readonly Uint8Array[]
  readonly receipts: readonly Uint8Array[]
  /** Of the rollup. */
  readonly claims: readonly Uint8Array[]
}

const secretOf = (id: number) => new Uint8Array(32).fill(id + 1)

function setOf(members: readonly Member[]): ValidatorSet {
  const validators = members.map(({ id, stake, authority }, index) => ({
    index,
    address: `0x${(id + 1).toString(16).padStart(40, '0')}` as Hex,
    blsPublicKey: bytesToHex(blsNative.publicKey(secretOf(id))),
    vrfPublicKey: bytesToHex(new Uint8Array(32).fill(id + 1)),
    stake,
    authority,
  }))
  return { validators }
}

export class LightWorld {
  readonly plans: readonly EpochPlan[]
  readonly blocks: Block[] = []
  readonly genesis: Block
  readonly start: LightState

  /** What BALANCED needs, in all epochs, and its proof under the genesis. */
  readonly share: Fraction
  readonly shareProof: ShareProof

  /**
   * The plans of epochs 0, 1, …; the first two must be equal, as in every genesis. All blocks
   * stand on the state of `genesis`.
   */
  constructor(plans: readonly EpochPlan[], genesis: Genesis = testGenesis()) {
    this.plans = plans
    this.shareProof = proveShare(genesis.tree)
    this.share = provenShare(genesis.block.header, this.shareProof)
    const sidecar = encodeSidecar(
      plainSidecar({ validatorSetHash: this.rules(0).setHash, proposer: 0, parentView: 0 }),
    )
    const { header } = genesis.block
    const extraData = packExtraData({ mode: this.plan(0).mode, epoch: 0, view: 0, ms: 0 })
    const parentBeaconBlockRoot = sidecarRoot(sidecar)
    this.genesis = makeBlock({ ...header, extraData, parentBeaconBlockRoot }, [], sidecar)
    this.blocks.push(this.genesis)
    for (let height = 1; height <= plans.length * EPOCH_BLOCKS; height++) this.grow(height)
    const start = genesisState(CHAIN_ID, this.genesis.header, this.set(0), this.share)
    if (!start) throw new Error('no genesis')
    this.start = start
  }

  private get chain() {
    return { chainId: CHAIN_ID, genesisHash: this.genesis.hash }
  }

  plan(epoch: number): EpochPlan {
    return this.plans[Math.min(epoch, this.plans.length - 1)] as EpochPlan
  }

  set(epoch: number): ValidatorSet {
    return setOf(this.plan(epoch).members)
  }

  rules(epoch: number): RulesDigest {
    return {
      mode: this.plan(epoch).mode,
      setHash: validatorSetHash(this.set(epoch)),
      balancedStake: this.share,
    }
  }

  epochOf(height: number): number {
    return Math.floor((height - 1) / EPOCH_BLOCKS)
  }

  boundary(epoch: number): Block {
    return this.blocks[(epoch + 1) * EPOCH_BLOCKS] as Block
  }

  private grow(height: number): void {
    this.blocks.push(this.child(this.blocks[height - 1] as Block, this.epochOf(height)))
  }

  /** A block of `epoch` on `parent`, with what it holds or should not say. */
  child(parent: Block, epoch: number, over: Partial<ChildParts> = {}): Block {
    const { height, timestamp } = parent.header
    const { mode, setHash } = { ...this.rules(epoch), ...over }
    const { transactions = [], receipts = [], claims = [] } = over
    const sidecar = encodeSidecar(
      plainSidecar({ validatorSetHash: setHash, proposer: 0, parentView: height, claims }),
    )
    const header = {
      ...parent.header,
      parentHash: parent.hash,
      height: height + 1,
      timestamp: timestamp + 1,
      extraData: packExtraData({ mode, epoch, view: height + 1, ms: 0 }),
      parentBeaconBlockRoot: sidecarRoot(sidecar),
      transactionsRoot: orderedRoot(transactions),
      receiptsRoot: orderedRoot(receipts),
    }
    return makeBlock(header, transactions, sidecar)
  }

  certificate(
    kind: typeof FINALIZE | typeof CHECKPOINT,
    epoch: number,
    hash: Hex,
    signers: readonly number[],
    by = this.plan(epoch),
  ): Uint8Array {
    const view = kind === CHECKPOINT ? 0 : 1
    const digest = voteDigest(this.chain, kind, epoch, view, hash)
    const secrets = signers.map((i) => secretOf((by.members[i] as Member).id))
    const signature = blsNative.aggregate(secrets.map((secret) => blsNative.sign(secret, digest)))
    return encodeCertificate({ kind, epoch, view, blockHash: hash, signers, signature })
  }

  all(epoch: number): number[] {
    return this.plan(epoch).members.map((_, i) => i)
  }

  checkpoint(epoch: number): Checkpoint {
    const { hash, header } = this.boundary(epoch)
    const [next, announced] = [this.rules(epoch + 1), this.rules(epoch + 2)]
    return { epoch, blockHash: hash, height: header.height, next, announced }
  }

  /** CHECKPOINT(epoch), with all sets that it names. */
  step(
    epoch: number,
    signers = this.all(epoch),
    checkpoint: Checkpoint = this.checkpoint(epoch),
  ): CheckpointStep {
    const encoded = [epoch, epoch + 1, epoch + 2].map((at) => encodeValidatorSet(this.set(at)))
    return {
      checkpoint: encodeCheckpoint(checkpoint),
      certificate: this.certificate(CHECKPOINT, epoch, checkpointHash(checkpoint), signers),
      signers: this.rules(epoch).setHash,
      sets: encoded,
    }
  }

  proof(height: number, signers?: readonly number[], certified = height): HeaderProof {
    return this.proofOf(this.blocks.slice(height, certified + 1), signers)
  }

  proofOf(blocks: readonly Block[], signers?: readonly number[]): HeaderProof {
    const last = blocks.at(-1) as Block
    const epoch = this.epochOf(last.header.height)
    return {
      headers: blocks.map(({ header }) => encodeHeader(header)),
      certificate: this.certificate(FINALIZE, epoch, last.hash, signers ?? this.all(epoch)),
      sidecar: last.sidecar,
    }
  }
}

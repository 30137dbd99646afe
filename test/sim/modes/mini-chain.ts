// A chain that is nothing but epochs: blocks without transactions whose state is the rules, what is
// announced, and whether the stake checkpoint is certified. The pipeline is that of the protocol;
// the mode goes round and the set changes by a draw, so that a seed sees every switch.

import { concatBytes } from '../../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { type Block, decodeBlock, encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import { headerTimeMs, packExtraData, unpackExtraData } from '../../../protocol/block/extra-data.ts'
import { FIXED_FIELDS } from '../../../protocol/block/fixed-fields.ts'
import { decodeSidecar, sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { decodeCertificate, verifyCertificate } from '../../../protocol/consensus/certificate.ts'
import { checkpointHash, type RulesDigest } from '../../../protocol/consensus/checkpoint.ts'
import { type EpochRules, isBoundary } from '../../../protocol/consensus/epoch-rules.ts'
import { viewRandomness } from '../../../protocol/consensus/leader.ts'
import type { Following, OpenCheckpoint } from '../../../protocol/consensus/simplex-types.ts'
import {
  type ModeNumber,
  type ValidatorSet,
  validatorSetHash,
} from '../../../protocol/consensus/validator-set.ts'
import { CHECKPOINT, type ChainIdentity, FINALIZE } from '../../../protocol/consensus/vote.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { lightBls as bls, lightVrf as vrf } from './light-crypto.ts'

export interface MiniState {
  readonly height: number
  readonly timestampMs: number
  readonly rules: EpochRules
  readonly announced: { readonly mode: ModeNumber; readonly set: ValidatorSet }
  readonly open: OpenCheckpoint | undefined
}

export interface MiniChain {
  readonly chain: ChainIdentity
  readonly genesis: MiniState
  /** Everybody who may ever be in the set. */
  readonly everybody: ValidatorSet
}

const ZERO: Hex = `0x${'00'.repeat(32)}`
const BLOOM: Hex = `0x${'00'.repeat(256)}`
const NOBODY: Hex = `0x${'00'.repeat(20)}`

export function buildMini(
  parent: MiniState,
  asked: {
    readonly parent: Hex
    readonly timestampMs: number
    readonly epoch: number
    readonly mode: number
    readonly view: number
    readonly randomness: Hex
    readonly sidecar: Uint8Array
  },
): Uint8Array {
  const { epoch, mode, view, timestampMs, sidecar } = asked
  const header = {
    ...FIXED_FIELDS,
    parentHash: asked.parent,
    coinbase: NOBODY,
    stateRoot: ZERO,
    transactionsRoot: ZERO,
    receiptsRoot: ZERO,
    logsBloom: BLOOM,
    height: parent.height + 1,
    gasLimit: 1,
    gasUsed: 0,
    timestamp: Math.floor(timestampMs / 1000),
    extraData: packExtraData({ mode, epoch, view, ms: timestampMs % 1000 }),
    mixHash: asked.randomness,
    baseFeePerGas: 7n,
    parentBeaconBlockRoot: sidecarRoot(sidecar),
  }
  return encodeBlock(makeBlock(header, [], sidecar))
}

/** At most a seventh of the authorities, and any stake, changes from one epoch to the next. */
function nextSet(mini: MiniChain, current: ValidatorSet, seed: Hex): ValidatorSet {
  const random = prng(`set/${seed}`)
  const { validators } = mini.everybody
  if (random.chance(0.5)) return current
  const leaves = current.validators.length > 4 && random.chance(0.5)
  const out = leaves ? random.below(current.validators.length) : -1
  const stays = new Set(
    current.validators.filter((_, i) => i !== out).map((one) => one.blsPublicKey),
  )
  const outside = validators.filter((one) => !stays.has(one.blsPublicKey))
  const back = outside[random.below(Math.max(1, outside.length))]
  if (back) stays.add(back.blsPublicKey)
  const set = validators
    .filter((one) => stays.has(one.blsPublicKey))
    .map((one, index) => ({ ...one, index }))
  return { validators: set }
}

function digestOf(mode: ModeNumber, set: ValidatorSet, like: EpochRules): RulesDigest {
  return { mode, setHash: validatorSetHash(set), balancedStake: like.balancedStake }
}

/** The end of an epoch. A weaker mode and another set wait for the checkpoint before this one. */
function endEpoch(mini: MiniChain, before: MiniState, hash: Hex, at: Place): MiniState {
  const { rules, announced, open } = before
  const certified = open ? open.certified : true
  const mode = certified || announced.mode > rules.mode ? announced.mode : rules.mode
  const set = certified ? announced.set : rules.set
  const seed = keccakHex(concatBytes(hexToBytes(rules.seed), hexToBytes(hash)))
  const next: EpochRules = {
    ...rules,
    epoch: rules.epoch + 1,
    mode,
    set,
    setHash: validatorSetHash(set),
    seed,
    startHeight: at.height + 1,
    startMs: at.timestampMs,
  }
  const after = { mode: ((mode + 1) % 3) as ModeNumber, set: nextSet(mini, set, seed) }
  const checkpoint = {
    epoch: rules.epoch,
    blockHash: hash,
    height: at.height,
    next: digestOf(mode, set, rules),
    announced: digestOf(after.mode, after.set, rules),
  }
  return { ...at, rules: next, announced: after, open: { checkpoint, rules, certified: false } }
}

interface Place {
  readonly height: number
  readonly timestampMs: number
}

const blocks = new WeakMap<Uint8Array, Block>()

/** PERF: decoded once, however many members read the same bytes. */
export function readMini(bytes: Uint8Array): Block {
  const block = blocks.get(bytes) ?? decodeBlock(bytes)
  blocks.set(bytes, block)
  return block
}

/** The state after the block, or why it is invalid: a function of its arguments. */
export function executeMini(mini: MiniChain, parent: MiniState, block: Block): MiniState | string {
  const { header, hash } = block
  const extra = unpackExtraData(header.extraData)
  const timestampMs = headerTimeMs(header)
  const { rules } = parent
  if (!extra || extra.epoch !== rules.epoch) return 'WRONG_EPOCH'
  if (extra.mode !== rules.mode) return 'WRONG_MODE'
  if (header.height !== parent.height + 1 || timestampMs < parent.timestampMs) return 'WRONG_TIME'
  const sidecar = decodeSidecar(block.sidecar)
  const proposer = rules.set.validators[sidecar.proposer]
  if (!proposer || sidecar.validatorSetHash !== rules.setHash) return 'WRONG_SIDECAR'
  const alpha = viewRandomness(rules.seed, rules.epoch, extra.view)
  const output = vrf.verify(hexToBytes(proposer.vrfPublicKey), alpha, sidecar.vrfProof)
  if (!output || keccakHex(output) !== header.mixHash) return 'WRONG_VRF_PROOF'
  if (sidecar.participation.length > 0) {
    const certificate = decodeCertificate(sidecar.participation)
    if (certificate.kind !== FINALIZE) return 'WRONG_PARTICIPATION'
    if (!verifyCertificate(certificate, rules, mini.chain, bls).ok) return 'WRONG_PARTICIPATION'
  }
  let { open } = parent
  if (sidecar.checkpoint.length > 0) {
    const certificate = decodeCertificate(sidecar.checkpoint)
    if (!open || open.certified || certificate.kind !== CHECKPOINT) return 'WRONG_CHECKPOINT'
    if (certificate.blockHash !== checkpointHash(open.checkpoint)) return 'WRONG_CHECKPOINT'
    if (!verifyCertificate(certificate, open.rules, mini.chain, bls).ok) return 'WRONG_CHECKPOINT'
    open = { ...open, certified: true }
  }
  const at = { height: header.height, timestampMs }
  const after = { ...parent, ...at, open }
  return isBoundary(rules, header.height, timestampMs) ? endEpoch(mini, after, hash, at) : after
}

export function followingOf(state: MiniState): Following {
  return { rules: state.rules, checkpoint: state.open }
}

// One consensus core among four validators, in an epoch whose predecessor's checkpoint is open, and
// whatever its peers may send it: genuine, forged, of another chain or time.

import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import { packExtraData } from '../../../protocol/block/extra-data.ts'
import { encodeSidecar, sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { readBlockNode } from '../../../protocol/consensus/block-tree.ts'
import type { Certificate } from '../../../protocol/consensus/certificate.ts'
import {
  type ConsensusMessage,
  decodeMessage,
  encodeMessage,
} from '../../../protocol/consensus/consensus-message.ts'
import { leaderOf } from '../../../protocol/consensus/leader.ts'
import { Simplex } from '../../../protocol/consensus/simplex.ts'
import type { SimplexEffect } from '../../../protocol/consensus/simplex-types.ts'
import {
  type ChainIdentity,
  NO_BLOCK,
  PROPOSE,
  type Vote,
  type VoteKind,
  voteDigest,
} from '../../../protocol/consensus/vote.ts'
import { FUTURE_VIEWS_BUFFERED } from '../../../protocol/params.ts'
import { simBls as bls, simVrf as vrf } from '../../sim/sim-crypto.ts'
import { rulesOf, validatorOf, zeros } from './rules-of.ts'

export const WALL = 1_700_000_000_000
export const EPOCH = 5
export const CHAIN: ChainIdentity = { chainId: 1n, genesisHash: `0x${'11'.repeat(32)}` }
export const OTHER_CHAIN: ChainIdentity = { ...CHAIN, chainId: 2n }
export const PARENT: Hex = `0x${'22'.repeat(32)}`
export const BLOCK: Hex = `0x${'33'.repeat(32)}`
export const FAR = FUTURE_VIEWS_BUFFERED + 10

export const keys = [1, 2, 3, 4].map((tag) => new Uint8Array(32).fill(tag))
export const validators = keys.map((key, index) =>
  validatorOf({ index, blsPublicKey: bytesToHex(bls.publicKey(key)) }),
)
export const rules = rulesOf(0, validators, { epoch: EPOCH })
export const before = rulesOf(0, validators, { epoch: EPOCH - 1 })
export const LEADER = leaderOf(rules, 1)
/** Neither the core under test nor the leader of view 1. */
export const SELF = [0, 1, 2, 3].find((i) => i !== LEADER) as number
export const OTHERS = [0, 1, 2, 3].filter((i) => i !== SELF)
export const [A, B] = OTHERS.filter((i) => i !== LEADER) as [number, number]
export const v = (index: number) => `v${index}`

export const digest = {
  mode: 0,
  setHash: rules.setHash,
  balancedStake: rules.balancedStake,
} as const
export const checkpoint = {
  ...{ epoch: EPOCH - 1, blockHash: PARENT, height: 9, next: digest, announced: digest },
}

export function freshCore(): Simplex {
  const core = new Simplex({
    ...{ bls, vrf, node: v(SELF), chain: CHAIN, clockAheadMaxMs: 500 },
    peers: validators.map(({ index, blsPublicKey }) => ({ node: v(index), blsPublicKey })),
    keys: {
      blsPublicKey: validators[SELF]?.blsPublicKey as Hex,
      secretKey: keys[SELF] as Uint8Array,
      vrfSecretKey: keys[SELF] as Uint8Array,
    },
    ...{ deltaMaxMs: 5000, emptyBlockIntervalMs: 100, statusIntervalMs: 1000 },
  })
  const final = { hash: PARENT, height: 9, epoch: EPOCH - 1, view: 3, timestampMs: WALL }
  const open = { checkpoint, rules: before, certified: false }
  core.handle(
    {
      type: 'start',
      final: { ...final, certificate: undefined },
      following: { rules, checkpoint: open },
      records: [],
      signedTo: undefined,
    },
    { now: 0, wall: WALL },
  )
  return core
}

export interface VoteFields {
  readonly epoch?: number
  readonly view?: number
  readonly chain?: ChainIdentity
  readonly key?: Uint8Array
}

export function voteOf(
  signer: number,
  kind: VoteKind,
  blockHash: Hex,
  fields: VoteFields = {},
): Vote {
  const { epoch = EPOCH, view = 1, chain = CHAIN, key = keys[signer] as Uint8Array } = fields
  const signature = bls.sign(key, voteDigest(chain, kind, epoch, view, blockHash))
  return { kind, epoch, view, blockHash, signer, signature }
}

export const vote = (one: Vote): ConsensusMessage => ({ type: 'vote', vote: one })

export function certificateOf(
  signers: readonly number[],
  kind: VoteKind,
  blockHash: Hex,
  fields: VoteFields = {},
): Certificate {
  const votes = signers.map((one) => voteOf(one, kind, blockHash, fields))
  const signature = bls.aggregate(votes.map((one) => one.signature))
  const { epoch = EPOCH, view = 1 } = fields
  return { kind, epoch, view, blockHash, signers: [...signers], signature }
}

export const certificate = (one: Certificate): ConsensusMessage => ({
  type: 'certificate',
  certificate: one,
})

export interface BlockFields {
  readonly proposer?: number
  readonly epoch?: number
  readonly view?: number
  readonly parentView?: number
  readonly setHash?: Hex
  readonly aheadMs?: number
  readonly tag?: number
}

export function blockOf(fields: BlockFields = {}): Uint8Array {
  const {
    proposer = LEADER,
    epoch = EPOCH,
    view = 1,
    parentView = 0,
    aheadMs = 0,
    tag = 0,
  } = fields
  const sidecar = encodeSidecar({
    ...{ validatorSetHash: fields.setHash ?? rules.setHash, proposer, parentView },
    ...{ vrfProof: new Uint8Array(80), participation: new Uint8Array(0) },
    ...{ checkpoint: new Uint8Array(0), evidence: [], claims: [], certificates: [] },
  })
  const roots = { stateRoot: zeros(32), transactionsRoot: zeros(32), receiptsRoot: zeros(32) }
  const ms = WALL + aheadMs
  const header = {
    ...{ parentHash: PARENT, ommersHash: zeros(32), coinbase: zeros(20), ...roots },
    ...{ logsBloom: zeros(256), difficulty: 0n as const, height: 10, gasLimit: 1, gasUsed: tag },
    ...{ timestamp: Math.floor(ms / 1000), mixHash: zeros(32), nonce: zeros(8) },
    extraData: packExtraData({ mode: 0, epoch, view, ms: ms % 1000 }),
    ...{ baseFeePerGas: 7n, withdrawalsRoot: zeros(32), blobGasUsed: 0, excessBlobGas: 0 },
    ...{ requestsHash: zeros(32), parentBeaconBlockRoot: sidecarRoot(sidecar) },
  }
  return encodeBlock(makeBlock(header, [], sidecar))
}

export interface ProposalFields extends BlockFields {
  readonly signer?: number
  readonly chain?: ChainIdentity
  readonly block?: Uint8Array
}

export function propose(fields: ProposalFields = {}): ConsensusMessage {
  const { signer = LEADER, chain = CHAIN, epoch = EPOCH, view = 1, parentView = 0 } = fields
  const block = fields.block ?? blockOf(fields)
  const hash = readBlockNode(block)?.hash ?? NO_BLOCK
  const signed = voteDigest(chain, PROPOSE, epoch, view, hash)
  const signature = bls.sign(keys[signer] as Uint8Array, signed)
  return { type: 'propose', proposal: { epoch, view, parentView, block, signature } }
}

/** Everything that decides what a core does next, apart from votes that nobody has checked yet. */
export function heldBy(core: Simplex): string {
  const state = core.view
  assert.ok(state)
  const views = [...(state?.views.values() ?? [])].map((one) => ({
    ...{ view: one.view, notarised: one.notarised, nullified: one.nullified },
    ...{ node: one.node?.hash, sent: [one.sentNotarize, one.sentNullify, one.sentFinalize] },
  }))
  const seen = views.filter(
    (one) => one.notarised || one.nullified || one.node || one.sent.some(Boolean),
  )
  return JSON.stringify([
    ...[state?.view, state?.rules.epoch, state?.final.hash, state?.silenced, state?.signedTo],
    ...[[...(state?.finals.keys() ?? [])], state?.evidence.size, state?.checkpoint?.certificate],
    seen,
  ])
}

/** What leaves, is signed, or is asked of execution. */
export function deeds(effects: readonly SimplexEffect[]): string[] {
  const quiet = ['refused', 'log', 'reached', 'timer', 'cancel']
  return effects.map(({ type }) => type).filter((type) => !quiet.includes(type))
}

export function give(
  core: Simplex,
  message: ConsensusMessage,
  from: number,
): readonly SimplexEffect[] {
  const decoded = decodeMessage(encodeMessage(message))
  assert.ok(decoded, 'it can be decoded')
  const clock = { now: 1, wall: WALL }
  return core.handle({ type: 'message', from: v(from), message: decoded }, clock)
}

// The stake checkpoint's votes: one round an epoch, among the validators of the epoch that ended,
// while the next one makes its blocks.

import type { Hex } from '../../lib/hex.ts'
import { type Certificate, encodeCertificate, verifyCertificate } from './certificate.ts'
import { type Checkpoint, checkpointHash } from './checkpoint.ts'
import { certificateMessage, encodeMessage } from './consensus-message.ts'
import type { EpochRules } from './epoch-rules.ts'
import { noteContradiction } from './note-evidence.ts'
import type { SimplexState } from './simplex-state.ts'
import type { OpenCheckpoint } from './simplex-types.ts'
import { CHECKPOINT, type Vote, voteDigest } from './vote.ts'
import { VoteBook } from './vote-book.ts'

export interface CheckpointRound {
  readonly checkpoint: Checkpoint
  readonly hash: Hex
  /** Of the epoch that ended. */
  readonly rules: EpochRules
  readonly book: VoteBook
  /** Monotonic milliseconds. */
  readonly openedAt: number
  /** Our vote, once it is durable. */
  own: Uint8Array | undefined
  certificate: Certificate | undefined
  /** A final block has brought the certificate: nothing is left to do. */
  certified: boolean
}

/** The view under which checkpoints are signed and recorded. */
const CHECKPOINT_VIEW = 0

export function openRound(
  state: SimplexState,
  open: OpenCheckpoint | undefined,
): CheckpointRound | undefined {
  if (!open) return undefined
  const { checkpoint, rules, certified } = open
  const { chain, bls } = state.config
  return {
    checkpoint,
    hash: checkpointHash(checkpoint),
    rules,
    book: new VoteBook({ rules, chain, bls }),
    openedAt: state.clock.now,
    own: undefined,
    certificate: undefined,
    certified,
  }
}

/** Every bonded validator signs, in every mode. */
export function signCheckpoint(state: SimplexState): void {
  const { config, checkpoint: round } = state
  const { keys } = config
  if (!round || round.certified || round.own || !keys) return
  if (state.silenced || round.rules.epoch < state.signFrom) return
  const own = round.rules.set.validators.find((one) => one.blsPublicKey === keys.blsPublicKey)
  if (!own) return
  const { epoch } = round.rules
  const digest = voteDigest(config.chain, CHECKPOINT, epoch, CHECKPOINT_VIEW, round.hash)
  const signature = config.bls.sign(keys.secretKey, digest)
  const at = { kind: CHECKPOINT, epoch, view: CHECKPOINT_VIEW } as const
  const vote: Vote = { ...at, blockHash: round.hash, signer: own.index, signature }
  const message = encodeMessage({ type: 'vote', vote })
  state.record({ epoch, view: CHECKPOINT_VIEW, slot: CHECKPOINT, message }, () => {
    round.own = message
    state.emit({ type: 'broadcast', message })
    state.ownVotes.push(vote)
  })
}

/** After a restart: the same bytes again, never others. */
export function restoreCheckpointVote(state: SimplexState, vote: Vote, message: Uint8Array): void {
  const round = state.checkpoint
  if (!round || vote.epoch !== round.rules.epoch) return
  if (vote.blockHash !== round.hash) {
    state.silence('another checkpoint of this epoch was signed before')
    return
  }
  round.own = message
  round.book.add(vote)
}

export function addCheckpointVote(state: SimplexState, vote: Vote): void {
  const round = state.checkpoint
  if (!round || vote.epoch !== round.rules.epoch || vote.view !== CHECKPOINT_VIEW) {
    state.refuse('checkpoint-of-another-epoch')
    return
  }
  if (vote.signer >= round.rules.set.validators.length) {
    state.refuse('unknown-signer')
    return
  }
  const contradiction = round.book.add(vote)
  const signer = round.rules.set.validators[vote.signer]
  if (contradiction && signer) noteContradiction(state, signer.blsPublicKey, contradiction)
  if (round.certificate || round.certified || vote.blockHash !== round.hash) return
  const certificate = round.book.certify(CHECKPOINT, round.hash)
  if (certificate) acceptCheckpoint(state, round, certificate)
}

export function receiveCheckpoint(
  state: SimplexState,
  certificate: Certificate,
  from: string,
): void {
  const round = state.checkpoint
  if (!round || round.certificate || round.certified) return
  const { chain, bls } = state.config
  if (certificate.blockHash !== round.hash || certificate.view !== CHECKPOINT_VIEW) {
    state.refuse('checkpoint-of-another-block')
  } else if (!verifyCertificate(certificate, round.rules, chain, bls).ok) {
    state.refuse('forged-certificate', from)
  } else acceptCheckpoint(state, round, certificate)
}

function acceptCheckpoint(
  state: SimplexState,
  round: CheckpointRound,
  certificate: Certificate,
): void {
  round.certificate = certificate
  state.reached('checkpoint-certified')
  state.emit({ type: 'broadcast', message: certificateMessage(certificate) })
}

/**
 * What a block on `parent` brings: everybody's signature that is here, once all have come or a
 * block time has passed; nothing where one of its ancestors has brought it. Stake participation is
 * read from how many signed.
 */
export function checkpointFor(state: SimplexState, parent: Hex): Uint8Array {
  const round = state.checkpoint
  const path = state.tree.pathTo(parent)
  const brought = path?.some((node) => node.bringsCheckpoint) ?? true
  if (!round?.certificate || round.certified || brought) return new Uint8Array(0)
  const all = round.rules.set.validators.length
  const isFull = round.book.votesFor(CHECKPOINT, round.hash) === all
  if (!isFull && state.clock.now < round.openedAt + state.blockTimeMs) return new Uint8Array(0)
  return encodeCertificate(round.book.certify(CHECKPOINT, round.hash) ?? round.certificate)
}

/** Once a second until it is certified: votes get lost, and validators come late. */
export function repeatCheckpoint(state: SimplexState): void {
  const round = state.checkpoint
  if (!round || round.certified || !round.own) return
  const { certificate } = round
  const message = certificate ? certificateMessage(certificate) : round.own
  state.emit({ type: 'broadcast', message })
}

// Before a block's transactions: what its sidecar brings is checked and recorded. Proposer and
// validators run the same code, so a block with a sidecar that does not hold can be neither built
// nor accepted.

import { assert } from '../../lib/assert.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Sidecar } from '../block/sidecar.ts'
import { type Certificate, decodeCertificate, verifyCertificate } from '../consensus/certificate.ts'
import { checkpointHash } from '../consensus/checkpoint.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import { viewRandomness } from '../consensus/leader.ts'
import { weightOf } from '../consensus/quorum.ts'
import { CHECKPOINT, type ChainIdentity, FINALIZE } from '../consensus/vote.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { Bls, Vrf } from '../crypto/signatures.ts'
import type { BlockRefusal } from '../errors/block-refusals.ts'
import type { SystemState } from '../modules/module.ts'
import type { Words } from '../modules/storage-layout.ts'
import { EPOCH_ADDRESS, ROLLUP_ADDRESS, STAKING_ADDRESS } from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import { orderClaims } from '../rollup/order-claims.ts'
import { noteClosing } from '../rollup/shard-change.ts'
import { applyEvidence } from '../staking/apply-evidence.ts'
import { addRandomness } from './accumulators.ts'
import { basisPoints } from './basis-points.ts'
import {
  isCertified,
  openCheckpoint,
  saveBoundaryHash,
  saveCertified,
} from './checkpoint-storage.ts'
import { drawsSeed, epochPart } from './epoch-progress.ts'
import { previousRules } from './epoch-storage.ts'
import { markSigners, WINDOWS } from './participation.ts'

/** Whose signatures count, and who checks them. */
export interface Judges {
  readonly chain: ChainIdentity
  readonly bls: Bls
  readonly vrf: Vrf
}

export interface BlockFacts {
  readonly rules: EpochRules
  readonly height: number
  readonly timestampMs: number
  readonly parentHash: Hex
  readonly view: number
  readonly sidecar: Sidecar
}

export interface Refused {
  readonly ok: false
  readonly code: BlockRefusal
  readonly detail: string
  /** Which piece of evidence or which claim it was. */
  readonly item?: number
}

export type Begun = { readonly ok: true; readonly mixHash: Hex } | Refused

function refuse(code: BlockRefusal, detail = ''): Refused {
  return { ok: false, code, detail }
}

/** Undefined when the proof is not the proposer's for this view. */
function drawnBy({ vrf }: Judges, { rules, view, sidecar }: BlockFacts): Hex | undefined {
  const proposer = rules.set.validators[sidecar.proposer]
  if (!proposer) return undefined
  const alpha = viewRandomness(rules.seed, rules.epoch, view)
  const output = vrf.verify(hexToBytes(proposer.vrfPublicKey), alpha, sidecar.vrfProof)
  return output && keccakHex(output)
}

function readCertificate(bytes: Uint8Array): Certificate | undefined {
  try {
    return decodeCertificate(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** Undefined when it is none of this epoch's finality certificates. */
function readParticipation({ chain, bls }: Judges, facts: BlockFacts): Certificate | undefined {
  const certificate = readCertificate(facts.sidecar.participation)
  if (certificate?.kind !== FINALIZE) return undefined
  return verifyCertificate(certificate, facts.rules, chain, bls).ok ? certificate : undefined
}

/** Why the checkpoint certificate is refused; records it otherwise. */
function recordCheckpoint(words: Words, judges: Judges, facts: BlockFacts): string | undefined {
  const certificate = readCertificate(facts.sidecar.checkpoint)
  if (certificate?.kind !== CHECKPOINT) return 'not a checkpoint certificate'
  const rules = previousRules(words)
  const open = openCheckpoint(words, facts.rules)
  if (!rules || !open || certificate.epoch !== open.epoch) return 'of another epoch'
  if (isCertified(words, open.epoch)) return 'recorded already'
  if (certificate.view !== 0 || certificate.blockHash !== checkpointHash(open)) {
    return 'of another block, or of other rules'
  }
  const verdict = verifyCertificate(certificate, rules, judges.chain, judges.bls)
  if (!verdict.ok) return verdict.code
  const signed = weightOf(rules, new Set(certificate.signers)).stake
  const stakeRatio = basisPoints(signed, weightOf(rules).stake)
  saveCertified(words, { epoch: open.epoch, height: open.height, hash: open.blockHash, stakeRatio })
  return undefined
}

/** Offences whose proof the proposer brings; a proof that proves nothing refuses the block. */
function punish(system: System, judges: Judges, facts: BlockFacts): Refused | undefined {
  const { rules, sidecar, timestampMs } = facts
  const reporter = rules.set.validators[sidecar.proposer]?.address
  assert(reporter, 'a block has a proposer of its set')
  const context = {
    state: system(STAKING_ADDRESS),
    timestamp: Math.floor(timestampMs / 1000),
    // No receipt can hold what happens outside of transactions.
    emit: () => undefined,
    chain: judges.chain,
    bls: judges.bls,
    reporter,
  }
  for (const [item, evidence] of sidecar.evidence.entries()) {
    const outcome = applyEvidence(context, evidence)
    if (typeof outcome === 'string') return { ...refuse('BAD_EVIDENCE', outcome), item }
  }
  return undefined
}

/** Claims of the rollup, in their order. */
function order(system: System, judges: Judges, facts: BlockFacts): Refused | undefined {
  const rollup = system(ROLLUP_ADDRESS)
  noteClosing(rollup, facts.rules, facts.height, facts.timestampMs)
  const refused = orderClaims(rollup, facts.sidecar, judges, facts)
  return refused && { ...refuse('BAD_CLAIM', refused.code), item: refused.item }
}

/** The chain's own view of one of its accounts. */
export type System = (address: Hex) => SystemState

export function beginBlock(system: System, judges: Judges, facts: BlockFacts): Begun {
  const words = system(EPOCH_ADDRESS)
  const { rules, height, timestampMs, sidecar } = facts
  const mixHash = drawnBy(judges, facts)
  if (!mixHash) return refuse('WRONG_VRF')
  if (height === rules.startHeight) saveBoundaryHash(words, facts.parentHash)
  if (drawsSeed(rules, height, timestampMs)) addRandomness(words, mixHash)
  if (sidecar.participation.length > 0) {
    const certificate = readParticipation(judges, facts)
    if (!certificate) return refuse('BAD_PARTICIPATION')
    markSigners(words, epochPart(rules, height, timestampMs, WINDOWS), certificate)
  }
  if (sidecar.checkpoint.length > 0) {
    const why = recordCheckpoint(words, judges, facts)
    if (why) return refuse('BAD_CHECKPOINT', why)
  }
  return punish(system, judges, facts) ?? order(system, judges, facts) ?? { ok: true, mixHash }
}

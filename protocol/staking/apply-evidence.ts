// Punishing an offence: one rule for evidence that anybody submits and for what a leader puts into
// a block's sidecar.

import { EMPTY } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ChainIdentity } from '../consensus/vote.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { ModuleCall } from '../modules/module.ts'
import { addressOf, type ReadWords } from '../modules/storage-layout.ts'
import {
  BASIS_POINTS,
  EVIDENCE_SECONDS_MAX,
  LESSER_OFFENCES_MAX,
  STAKING_ADDRESS,
} from '../params.ts'
import { type EpochRecord, epochRecord, epochSpan, type Weight, weightAt } from './epoch-history.ts'
import { type Evidence, isLesser, isSigned, readEvidence } from './evidence.ts'
import { addCulprit, culprits, isAttack, markPunished, type Offence, wasPunished } from './guilt.ts'
import { jail, slash, tombstone } from './slash.ts'
import { payOutSlashed } from './slashed-money.ts'
import { EVIDENCE_ACCEPTED } from './staking-abi.ts'
import { parameter, type StakingContext } from './staking-context.ts'
import type { Outcome, StakingRefusal } from './staking-refusals.ts'
import { keyOwnerSlot } from './staking-storage.ts'
import { loadValidator, saveValidator, type ValidatorRecord } from './validator-record.ts'

export interface EvidenceContext extends StakingContext {
  readonly chain: ChainIdentity
  readonly bls: Bls
  /** Who brought it: the caller, or the proposer of the block. */
  readonly reporter: Hex
}

interface Case {
  readonly evidence: Evidence
  readonly offence: Offence
  readonly record: EpochRecord
  readonly weight: Weight
}

/** Undefined if no validator has this BLS key. */
export function operatorOfKey(words: ReadWords, blsPublicKey: Uint8Array): Hex | undefined {
  const word = words.load(keyOwnerSlot(blsPublicKey))
  return word === 0n ? undefined : addressOf(word)
}

function examine(context: EvidenceContext, bytes: Uint8Array): Case | StakingRefusal {
  const { state } = context
  const evidence = readEvidence(bytes)
  if (typeof evidence === 'string') return evidence
  const { epoch } = evidence
  const operator = operatorOfKey(state, hexToBytes(evidence.blsPublicKey))
  if (operator === undefined) return 'UNKNOWN_KEY'
  const span = epochSpan(state)
  if (span === undefined || epoch > span.latest) return 'FUTURE_EPOCH'
  const record = epochRecord(state, epoch)
  // Counted from the epoch's begin: what left the bond since is then still unbonding.
  if (record === undefined || context.timestamp > record.startSeconds + EVIDENCE_SECONDS_MAX) {
    return 'EVIDENCE_TOO_OLD'
  }
  const weight = weightAt(state, operator, epoch)
  if (weight === undefined) return 'NOT_IN_SET'
  const offence = { epoch, operator, lesser: isLesser(evidence.rule) }
  if (wasPunished(state, offence)) return 'ALREADY_PUNISHED'
  if (!isSigned(evidence, context.chain, context.bls)) return 'BAD_SIGNATURE'
  return { evidence, offence, record, weight }
}

/** Returns the wei taken, which are still on the module's account. */
function punish(context: EvidenceContext, { offence, record, weight }: Case): bigint {
  const { state } = context
  const { epoch, operator, lesser } = offence
  const validator = loadValidator(state, operator) as ValidatorRecord
  if (lesser) return validator.tombstoned ? 0n : punishLesser(context, operator, epoch)
  addCulprit(state, epoch, operator, weight)
  if (isAttack(state, epoch, record)) {
    let taken = 0n
    for (const culprit of culprits(state, epoch)) {
      taken += slash(context, culprit, { share: BASIS_POINTS, epoch })
      tombstone(context, culprit)
    }
    return taken
  }
  // Out already, for another epoch: it has paid, and this counts only towards an attack.
  if (validator.tombstoned) return 0n
  const taken = slash(context, operator, { share: parameter(state, 'slash_double_bp'), epoch })
  tombstone(context, operator)
  return taken
}

function punishLesser(context: EvidenceContext, operator: Hex, epoch: number): bigint {
  const { state } = context
  const taken = slash(context, operator, { share: parameter(state, 'slash_propose_bp'), epoch })
  const record = loadValidator(state, operator) as ValidatorRecord
  const lesserOffences = record.lesserOffences + 1
  saveValidator(state, operator, { ...record, lesserOffences })
  if (lesserOffences >= LESSER_OFFENCES_MAX) tombstone(context, operator)
  else jail(context, operator)
  return taken
}

/** Checks everything before it changes anything. */
export function applyEvidence(context: EvidenceContext, bytes: Uint8Array): Outcome {
  const found = examine(context, bytes)
  if (typeof found === 'string') return found
  const { evidence, offence } = found
  markPunished(context.state, offence)
  const reward = payOutSlashed(context.state, punish(context, found), context.reporter)
  const data = [BigInt(evidence.rule), BigInt(evidence.epoch), reward] as const
  const parties = [offence.operator, context.reporter] as const
  context.emit(encodeLog(STAKING_ADDRESS, EVIDENCE_ACCEPTED, parties, data))
  return EMPTY
}

export function submitEvidence(
  call: ModuleCall,
  [bytes]: readonly [Uint8Array],
  rules: { readonly chain: ChainIdentity; readonly bls: Bls },
): Outcome {
  const { state, timestamp, caller } = call
  const emit = call.emit.bind(call)
  return applyEvidence({ state, timestamp, emit, reporter: caller, ...rules }, bytes)
}

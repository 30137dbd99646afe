// Is a header final? Either a quorum under the certified rules of its epoch finalised it or a
// descendant of it, or it is an ancestor of a block that the stake has checkpointed.

import { LIGHT_HEADERS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import { type ExtraData, unpackExtraData } from '../block/extra-data.ts'
import type { Header } from '../block/header.ts'
import { decodeHeader, headerHash } from '../block/header-codec.ts'
import { decodeSidecar, sidecarRoot } from '../block/sidecar.ts'
import { decodeCertificate, verifyCertificate } from '../consensus/certificate.ts'
import { asMode } from '../consensus/epoch-rules.ts'
import { weightOf } from '../consensus/quorum.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import { FINALIZE } from '../consensus/vote.ts'
import type { Bls } from '../crypto/signatures.ts'
import { RlpError } from '../rlp/rlp.ts'
import { certificateRefused, type Refused, refuse } from './light-refusals.ts'
import { type LightState, rulesFor } from './light-state.ts'

export interface HeaderProof {
  /** RLP headers: the one in question, then its descendants up to the one that is certified. */
  readonly headers: readonly Uint8Array[]
  /** Finality certificate of the last header; empty where that is the checkpointed block. */
  readonly certificate: Uint8Array
  /** Commit sidecar of the last header; empty likewise. */
  readonly sidecar: Uint8Array
}

export interface VerifiedHeader {
  readonly ok: true
  readonly header: Header
  readonly hash: Hex
  readonly epoch: number
  readonly mode: ModeNumber
  /** `final`: by the quorum of its mode. `finalized`: under a stake checkpoint too. */
  readonly level: 'final' | 'finalized'
  /** Of the certificate that was checked here; none for an ancestor of the checkpointed block. */
  readonly signers: number
  /** How many could have signed it. */
  readonly validators: number
  /** Basis points of the stake of the set. */
  readonly stakeRatio: number
}

interface Linked {
  readonly headers: readonly Header[]
  readonly hashes: readonly Hex[]
}

function link(encoded: readonly Uint8Array[]): Linked | Refused {
  if (encoded.length > LIGHT_HEADERS_MAX) return refuse('TOO_MANY')
  const headers = encoded.map(decodeHeader)
  const hashes = headers.map(headerHash)
  for (let i = 1; i < headers.length; i++) {
    if (headers[i]?.parentHash !== hashes[i - 1]) return refuse('NOT_A_CHAIN')
  }
  return { headers, hashes }
}

/** Never throws. */
export function verifyHeader(
  state: LightState,
  proof: HeaderProof,
  bls: Bls,
): VerifiedHeader | Refused {
  try {
    return verify(state, proof, bls)
  } catch (error) {
    if (error instanceof RlpError) return refuse('UNDECODABLE', error.message)
    throw error
  }
}

function verify(state: LightState, proof: HeaderProof, bls: Bls): VerifiedHeader | Refused {
  const linked = link(proof.headers)
  if ('code' in linked) return linked
  const { headers, hashes } = linked
  const [header] = headers
  const [hash] = hashes
  const last = headers.at(-1)
  if (!header || !hash || !last) return refuse('NOT_A_CHAIN', 'no header was shown')
  const extra = unpackExtraData(header.extraData)
  const lastExtra = unpackExtraData(last.extraData)
  if (!extra || !lastExtra) return refuse('WRONG_MODE', 'a header names no epoch and mode')
  const { epoch } = extra
  const mode = asMode(extra.mode)
  const said = { ok: true, header, hash, epoch, mode } as const
  if (hashes.at(-1) === state.certified.hash) {
    return { ...said, level: 'finalized', signers: 0, validators: 0, stakeRatio: 0 }
  }
  const judged = judge(
    state,
    proof,
    { last, lastHash: hashes.at(-1) as Hex, extra: lastExtra },
    bls,
  )
  return judged.ok ? { ...said, level: 'final', ...judged } : judged
}

interface Certified {
  readonly last: Header
  readonly lastHash: Hex
  readonly extra: ExtraData
}

type Judged = Pick<VerifiedHeader, 'ok' | 'signers' | 'validators' | 'stakeRatio'> | Refused

/** Did a quorum of the epoch finalise the last header? */
function judge(state: LightState, proof: HeaderProof, certified: Certified, bls: Bls): Judged {
  const { last, lastHash, extra } = certified
  const certificate = decodeCertificate(proof.certificate)
  if (certificate.kind !== FINALIZE) return refuse('WRONG_KIND')
  if (certificate.blockHash !== lastHash) return refuse('WRONG_BLOCK')
  if (certificate.epoch !== extra.epoch) return refuse('WRONG_EPOCH')
  if (extra.epoch < state.epoch) return refuse('PASSED_EPOCH')
  const rules = rulesFor(state, extra.epoch)
  if (!rules) return refuse('UNCERTIFIED_EPOCH')
  if (extra.mode !== rules.mode) return refuse('WRONG_MODE')
  if (sidecarRoot(proof.sidecar) !== last.parentBeaconBlockRoot) return refuse('WRONG_SIDECAR')
  const { setHash } = extra.epoch === state.epoch ? state.rules : state.announced
  if (decodeSidecar(proof.sidecar).validatorSetHash !== setHash) return refuse('WRONG_SET')
  const verdict = verifyCertificate(certificate, rules, state.chain, bls)
  if (!verdict.ok) return certificateRefused(verdict.code)
  const { signers } = certificate
  const { stake } = weightOf(rules, new Set(signers))
  const all = weightOf(rules).stake
  const stakeRatio = all === 0n ? 0 : Number((stake * 10_000n) / all)
  return { ok: true, signers: signers.length, validators: rules.set.validators.length, stakeRatio }
}

// Where something of a batch stands in a final block, as the files say it that show this offline:
// its place under a root of a claim, and the claim's in the sidecar of the block that ordered it.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeHeader } from '../block/header-codec.ts'
import { decodeSidecar, sidecarRoot } from '../block/sidecar.ts'
import { FINALITY_OPTIONAL, FINALITY_SHAPES, type FinalityProof } from '../light/finality-proof.ts'
import { BATCH_TRANSFERS_MAX, CLAIMS_PER_BLOCK_MAX } from '../params.ts'
import { readCanonicalFile } from '../receipt/canonical-file.ts'
import { invalid } from '../receipt/check-list.ts'
import { isBytes, isBytesUpTo, isWhole, type Shape, wrongMember } from '../receipt/json-shape.ts'
import { type Claim, claimHash, decodeClaim } from './claim.ts'
import { treeDepth } from './transfer-tree.ts'

/** As JSON has it. */
export interface FinalPlace {
  /** In its batch. */
  readonly position: number
  /** Siblings upwards, 32 bytes each. */
  readonly proof: Hex
  /** Place of the claim in the sidecar. */
  readonly claim: number
  /** Commit sidecar of the block that ordered the claim. */
  readonly sidecar: Hex
}

/** A file that shows something of a batch for good. */
export interface FinalFile extends FinalPlace {
  readonly format: string
  /** The first of its headers is that of the block that ordered the claim. */
  readonly finality: FinalityProof
}

/** Of a receipt: where it stands, and the claim. */
export interface PlaceInClaim {
  readonly position: number
  readonly proof: Uint8Array
  /** RLP. */
  readonly claim: Uint8Array
}

/** Throws RangeError where the sidecar does not hold the claim, RlpError for what is no claim. */
export function finalPlace(place: PlaceInClaim, sidecar: Uint8Array): FinalPlace {
  const wanted = claimHash(decodeClaim(place.claim))
  const hashes = decodeSidecar(sidecar).claims.map((claim) => claimHash(decodeClaim(claim)))
  const claim = hashes.indexOf(wanted)
  if (claim < 0) throw new RangeError('the block does not order the claim')
  const { position, proof } = place
  return { position, proof: bytesToHex(proof), claim, sidecar: bytesToHex(sidecar) }
}

/** Throws RlpError; RangeError where the claim is not there. */
export function placeInClaim({ position, proof, claim, sidecar }: FinalPlace): PlaceInClaim {
  const encoded = decodeSidecar(hexToBytes(sidecar)).claims[claim]
  if (!encoded) throw new RangeError('the sidecar has no such claim')
  return { position, proof: hexToBytes(proof), claim: encoded }
}

export const PLACE_SHAPES: Readonly<Record<keyof FinalPlace, Shape>> = {
  position: isWhole(BATCH_TRANSFERS_MAX - 1),
  // What is alone in its batch has an empty proof.
  proof: isBytesUpTo(32 * treeDepth(BATCH_TRANSFERS_MAX)),
  claim: isWhole(CLAIMS_PER_BLOCK_MAX - 1),
  sidecar: isBytes,
}

/** The members that all these files have besides their place. */
export function finalFileShapes(format: string): Readonly<Record<keyof FinalFile, Shape>> {
  return {
    format: (value) => value === format,
    ...PLACE_SHAPES,
    finality: (value) => wrongMember(value, FINALITY_SHAPES, FINALITY_OPTIONAL) === undefined,
  }
}

export type ReadFinalFile<File> =
  | { readonly ok: true; readonly file: File }
  | { readonly ok: false; readonly reason: string }

/** Form only. Any other spelling than that of canonical JSON is refused. Never throws. */
export function readFinalFile<File extends FinalFile>(
  file: Uint8Array | string,
  shapes: Readonly<Record<keyof File, Shape>>,
): ReadFinalFile<File> {
  const text = readCanonicalFile(file)
  if (!text.ok) return text
  const wrong = wrongMember(text.value, shapes)
  if (wrong === undefined) return { ok: true, file: text.value as File }
  return { ok: false, reason: `${wrong} is missing, unknown or ill-formed` }
}

/** As a check: the height of the block whose sidecar it is. `header`: RLP. */
export function orderedBy({ sidecar }: FinalPlace, header: Hex): number {
  const { parentBeaconBlockRoot, height } = decodeHeader(hexToBytes(header))
  if (sidecarRoot(hexToBytes(sidecar)) !== parentBeaconBlockRoot) {
    invalid('the sidecar is not the one that the header commits to')
  }
  return height
}

/** What a reader is told of it. */
export function orderedText({ number, shard }: Claim, height: number): string {
  return `batch ${number} of shard ${shard}, ordered by block ${height}`
}

export const UNTIL_SETTLED =
  'should the shard freeze before a root over this batch is settled, the batch counts as never ' +
  'made (docs/spec/rollup-module.md)'

// Whether a client may co-sign the root that a sequencer offers: its own transfer must be in it, on
// terms that it agreed to, and it must not have agreed to another root with the same nonce.

import { bytesToHex, type Hex, hexToBytes, isHex } from '../../lib/hex.ts'
import type { HashPairs } from '../../protocol/crypto/hash-pairs.ts'
import type { CosignRefusal } from '../../protocol/errors/cosign-refusals.ts'
import { BATCH_TRANSFERS_MAX, SHARDS_MAX } from '../../protocol/params.ts'
import { type BatchTerms, cosignDigest, transferLeaf } from '../../protocol/rollup/cosign.ts'
import type { NonceRecord } from '../../protocol/rollup/nonce-record.ts'
import { verifyProof } from '../../protocol/rollup/transfer-tree.ts'

/** What the sequencer tells the sender of one transfer. */
export interface RootOffer extends BatchTerms {
  /** Of the transfer that is meant. */
  readonly nonce: number
  readonly position: number
  /** Siblings from the leaf upwards, 32 bytes each. */
  readonly proof: Uint8Array
}

export type OfferCheck =
  | { readonly ok: true; readonly digest: Uint8Array; readonly isRepeated: boolean }
  | { readonly ok: false; readonly code: CosignRefusal }

const isNatural = (value: number, max: number) =>
  Number.isSafeInteger(value) && value >= 0 && value <= max

function isWellFormed(offer: RootOffer): boolean {
  return (
    isNatural(offer.shard, SHARDS_MAX - 1) &&
    isNatural(offer.number, Number.MAX_SAFE_INTEGER) &&
    offer.number >= 1 &&
    isNatural(offer.transfers, BATCH_TRANSFERS_MAX) &&
    isNatural(offer.fee, 0xffff_ffff) &&
    isNatural(offer.position, BATCH_TRANSFERS_MAX) &&
    isHex(offer.parent, 32) &&
    isHex(offer.txRoot, 32) &&
    offer.proof instanceof Uint8Array
  )
}

/** Never throws, whatever the sequencer sends. */
export function checkOffer(
  offer: RootOffer,
  record: NonceRecord | undefined,
  genesisHash: Hex,
  hashPairs: HashPairs,
): OfferCheck {
  if (!isWellFormed(offer)) return { ok: false, code: 'BAD_OFFER' }
  if (!record) return { ok: false, code: 'UNKNOWN_TRANSFER' }
  if (record.receipt) return { ok: false, code: 'ALREADY_FINAL' }
  if (offer.fee > record.transfer.maxFee) return { ok: false, code: 'OFFER_FEE' }
  const { position, transfers, proof } = offer
  const leaf = transferLeaf(record.transfer)
  if (!verifyProof(hexToBytes(offer.txRoot), leaf, position, transfers, proof, hashPairs)) {
    return { ok: false, code: 'OFFER_PROOF' }
  }
  const digest = cosignDigest(genesisHash, offer)
  // The same root again is answered again: the first answer may have been lost.
  const isRepeated = record.cosigned?.digest === bytesToHex(digest)
  if (record.cosigned && !isRepeated) return { ok: false, code: 'OTHER_ROOT' }
  return { ok: true, digest, isRepeated }
}

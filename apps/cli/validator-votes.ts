// How a validator has voted lately, as the chain shows it: by the certificates of final blocks, and
// by what the blocks after them bring of who voted too late for those. A certificate as it first
// forms holds a bare quorum, and whoever is far away would be in none.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeSidecar } from '../../protocol/block/sidecar.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { decodeValidatorSet, validatorSetHash } from '../../protocol/consensus/validator-set.ts'
import { rpcRequest } from './rpc-request.ts'

/** Blocks that are looked at. */
const VOTES_BLOCKS = 32

interface Finality {
  readonly hash: Hex
  /** Of this block or, with the headers between, of a later one of its epoch. */
  readonly certificate: Hex
  readonly certifiedHash: Hex
  readonly sidecar: Hex
  readonly validatorSet: Hex | null
  readonly validatorSetHash: Hex
}

export interface Votes {
  readonly voted: number
  readonly missed: number
  /** Null when it voted for none of the blocks. */
  readonly lastHeight: number | null
}

/** The validator's place in the set that votes on the block; undefined when it has none. */
function placeOf({ validatorSet, validatorSetHash: hash }: Finality, blsPublicKey: Hex) {
  if (validatorSet === null) return undefined
  const set = decodeValidatorSet(hexToBytes(validatorSet))
  if (validatorSetHash(set) !== hash) return undefined
  return set.validators.find((validator) => validator.blsPublicKey === blsPublicKey)?.index
}

/** The certificates that come with a block: its own, and the one of who was there. */
function certificatesOf({ certificate, sidecar }: Finality) {
  const { participation } = decodeSidecar(hexToBytes(sidecar))
  return [hexToBytes(certificate), participation]
    .filter((bytes) => bytes.length > 0)
    .map(decodeCertificate)
}

/** How many of the latest final blocks the key has signed. Asks for no more than `VOTES_BLOCKS`. */
export async function votesOf(rpc: string, blsPublicKey: Hex, head: number): Promise<Votes> {
  const heights = Array.from({ length: Math.min(head, VOTES_BLOCKS) }, (_, i) => head - i)
  const answers = await Promise.all(
    heights.map((height) => {
      const params = [`0x${height.toString(16)}`]
      return rpcRequest<Finality | null>(rpc, 'aitbc_getFinality', params).catch(() => null)
    }),
  )
  const signed = new Set<Hex>()
  const asked: { readonly height: number; readonly hashes: readonly Hex[] }[] = []
  for (const [i, answer] of answers.entries()) {
    const own = answer ? placeOf(answer, blsPublicKey) : undefined
    if (!answer || own === undefined) continue
    asked.push({ height: heights[i] as number, hashes: [answer.hash, answer.certifiedHash] })
    for (const { blockHash, signers } of certificatesOf(answer)) {
      if (signers.includes(own)) signed.add(blockHash)
    }
  }
  const voted = asked.filter(({ hashes }) => hashes.some((hash) => signed.has(hash)))
  const [last] = voted
  return {
    voted: voted.length,
    missed: asked.length - voted.length,
    lastHeight: last ? last.height : null,
  }
}

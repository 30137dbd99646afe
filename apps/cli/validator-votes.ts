// How a validator has voted lately, from the certificates of final blocks.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeCertificate } from '../../protocol/consensus/certificate.ts'
import { decodeValidatorSet, validatorSetHash } from '../../protocol/consensus/validator-set.ts'
import { rpcRequest } from './rpc-request.ts'

/** Blocks that are looked at. */
const VOTES_BLOCKS = 32

interface Finality {
  readonly certificate: Hex
  readonly validatorSet: Hex
  readonly validatorSetHash: Hex
}

export interface Votes {
  readonly voted: number
  readonly missed: number
  /** Null when it voted for none of the blocks. */
  readonly lastHeight: number | null
}

/** How many of the latest final blocks the key has signed, as their certificates say. */
export async function votesOf(rpc: string, blsPublicKey: Hex, head: number): Promise<Votes> {
  let voted = 0
  let missed = 0
  let lastHeight: number | null = null
  for (let height = head; height > 0 && height > head - VOTES_BLOCKS; height--) {
    const asked = [`0x${height.toString(16)}`]
    const answer = await rpcRequest<Finality | null>(rpc, 'aitbc_getFinality', asked).catch(
      () => null,
    )
    if (!answer) continue
    const set = decodeValidatorSet(hexToBytes(answer.validatorSet))
    if (validatorSetHash(set) !== answer.validatorSetHash) continue
    const own = set.validators.find((validator) => validator.blsPublicKey === blsPublicKey)
    if (!own) continue
    const { signers } = decodeCertificate(hexToBytes(answer.certificate))
    if (signers.includes(own.index)) {
      voted++
      lastHeight ??= height
    } else missed++
  }
  return { voted, missed, lastHeight }
}

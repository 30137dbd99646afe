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
  const count = Math.min(head, VOTES_BLOCKS)
  const heights = Array.from({ length: count }, (_, i) => head - i)
  const answers = await Promise.all(
    heights.map((height) => {
      const params = [`0x${height.toString(16)}`]
      return rpcRequest<Finality | null>(rpc, 'aitbc_getFinality', params).catch(() => null)
    }),
  )
  let voted = 0
  let missed = 0
  let lastHeight: number | null = null
  for (const [i, answer] of answers.entries()) {
    if (!answer) continue
    const set = decodeValidatorSet(hexToBytes(answer.validatorSet))
    if (validatorSetHash(set) !== answer.validatorSetHash) continue
    const own = set.validators.find((validator) => validator.blsPublicKey === blsPublicKey)
    if (!own) continue
    const { signers } = decodeCertificate(hexToBytes(answer.certificate))
    if (signers.includes(own.index)) {
      voted++
      lastHeight ??= heights[i] as number
    } else missed++
  }
  return { voted, missed, lastHeight }
}

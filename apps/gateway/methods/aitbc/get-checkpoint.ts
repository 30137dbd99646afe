// aitbc_getCheckpoint: the stake checkpoint of an epoch, or of the last one before it that is
// certified, with the validator sets that it names: a step for light clients.

import { bytesToHex } from '../../../../lib/hex.ts'
import { decodeCheckpoint } from '../../../../protocol/consensus/checkpoint.ts'
import { method } from '../../method.ts'
import { count, type Param } from '../../params.ts'
import { quantity } from '../../quantity.ts'

/** Later than any. */
const LAST = 2 ** 52

const epochParam: Param<number> = {
  expects: 'an epoch (quantity) or latest',
  read: (value) => {
    if (value === 'latest') return LAST
    const epoch = count.read(value)
    return epoch === undefined ? undefined : Math.min(epoch, LAST)
  },
}

export const getCheckpoint = method('aitbc_getCheckpoint', [epochParam], async ({ chain }, at) => {
  const found = await chain.checkpoint(at)
  if (!found) return null
  const { height, blockHash } = decodeCheckpoint(found.checkpoint)
  return {
    epoch: quantity(found.epoch),
    number: quantity(height),
    hash: blockHash,
    checkpoint: bytesToHex(found.checkpoint),
    certificate: bytesToHex(found.certificate),
    signers: found.signers,
    sets: found.sets.map(bytesToHex),
  }
})

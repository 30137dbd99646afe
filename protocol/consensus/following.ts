// What follows a final block, as bytes: from the block-builder, which holds the state, to
// consensus.

import { asBytes, asList, asNumber, decodeRlp, encodeRlp, rlpInteger } from '../rlp/rlp.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { decodeEpochRules, encodeEpochRules } from './epoch-rules.ts'
import type { Following } from './simplex-types.ts'

export function encodeFollowing({ rules, checkpoint: open }: Following): Uint8Array {
  const round = open
    ? [
        encodeCheckpoint(open.checkpoint),
        encodeEpochRules(open.rules),
        rlpInteger(open.certified ? 1 : 0),
      ]
    : []
  return encodeRlp([encodeEpochRules(rules), round])
}

/** Throws RlpError. */
export function decodeFollowing(bytes: Uint8Array): Following {
  const [rules, round] = asList(decodeRlp(bytes), 2)
  const items = asList(round)
  const decoded = decodeEpochRules(asBytes(rules))
  if (items.length === 0) return { rules: decoded, checkpoint: undefined }
  const [checkpoint, before, certified] = asList(round, 3)
  const open = {
    checkpoint: decodeCheckpoint(asBytes(checkpoint)),
    rules: decodeEpochRules(asBytes(before)),
    certified: asNumber(certified) === 1,
  }
  return { rules: decoded, checkpoint: open }
}

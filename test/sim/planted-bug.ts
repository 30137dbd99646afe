// Bugs on purpose, to see that the checkers see: validator 0 votes twice in every view; a validator
// that starts does not know what it has signed.

import type { ValidatorMessages } from '../../actors/messages/validator.ts'
import { bytesToBigint, concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { decodeMessage, encodeMessage } from '../../protocol/consensus/consensus-message.ts'
import { NOTARIZE, voteDigest } from '../../protocol/consensus/vote.ts'
import type { Body } from '../../runtime/messages.ts'
import type { SendHook } from '../../runtime/sim/hook-sends.ts'
import type { Platter } from '../../runtime/sim/platter.ts'
import { simGenesis, validatorKey } from './sim-chain.ts'
import { simBls } from './sim-crypto.ts'

const OTHER_BLOCK = `0x${'ab'.repeat(32)}` as const

/** For every NOTARIZE of validator 0, a second one for another block in the same view. */
export const doubleVote: SendHook = (sender, _to, envelope) => {
  const { to, verb, body } = envelope
  if (sender !== 'v0' || to.kind !== 'validator' || verb !== 'Deliver') return []
  const { from, message: bytes } = body as Body<(typeof ValidatorMessages)['verbs'], 'Deliver'>
  const message = decodeMessage(bytes)
  if (message?.type !== 'vote' || message.vote.kind !== NOTARIZE) return []
  const { epoch, view } = message.vote
  const chain = { chainId: 1337n, genesisHash: simGenesis.block.hash }
  const digest = voteDigest(chain, NOTARIZE, epoch, view, OTHER_BLOCK)
  const signature = simBls.sign(validatorKey(0), digest)
  const vote = { ...message.vote, blockHash: OTHER_BLOCK, signature }
  const forged = encodeMessage({ type: 'vote', vote })
  return [{ ...envelope, body: { from, message: forged } }]
}

/**
 * The place signed to moves below its view as well: without a record nothing is signed there.
 * Without any place the node would follow and sign nothing, which is no bug.
 */
export function forgetSignLog(disk: Platter): void {
  disk.tables.delete('sign')
  const meta = disk.table('sign-meta')
  const place = meta.get(utf8('signed-to'))
  if (!place) return
  const view = bytesToBigint(place.subarray(8))
  const below = concatBytes(place.subarray(0, 8), u64(Number(view) - 1))
  meta.put(utf8('signed-to'), below)
}

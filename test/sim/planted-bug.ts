// A bug on purpose, to see that the checkers see: validator 0 votes twice in every view.

import type { ValidatorMessages } from '../../actors/messages/validator.ts'
import { decodeMessage, encodeMessage } from '../../protocol/consensus/consensus-message.ts'
import { NOTARIZE, voteDigest } from '../../protocol/consensus/vote.ts'
import type { Body } from '../../runtime/messages.ts'
import type { SendHook } from '../../runtime/sim/hook-sends.ts'
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

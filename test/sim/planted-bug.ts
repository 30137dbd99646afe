// A bug on purpose, to see that the checkers see: validator 0 votes twice in every view.

import { decodeMessage, encodeMessage } from '../../protocol/consensus/consensus-message.ts'
import { NOTARIZE, voteDigest } from '../../protocol/consensus/vote.ts'
import { packFrame, unpackFrame } from '../../runtime/envelope.ts'
import type { Tap } from '../../runtime/sim/network.ts'
import { simGenesis, validatorKey } from './sim-chain.ts'
import { simBls } from './sim-crypto.ts'

const OTHER_BLOCK = `0x${'ab'.repeat(32)}` as const

/** For every NOTARIZE of validator 0, a second one for another block in the same view. */
export const doubleVote: Tap = (from, _to, frame) => {
  if (from !== 'v0') return []
  const forged: unknown[][] = []
  for (const wire of unpackFrame(frame) ?? []) {
    if (wire[1] !== 'validator' || wire[3] !== 'Deliver') continue
    const [sender, bytes] = wire[4] as [number, Uint8Array]
    const message = decodeMessage(bytes)
    if (message?.type !== 'vote' || message.vote.kind !== NOTARIZE) continue
    const { epoch, view } = message.vote
    const chain = { chainId: 1337n, genesisHash: simGenesis.block.hash }
    const digest = voteDigest(chain, NOTARIZE, epoch, view, OTHER_BLOCK)
    const signature = simBls.sign(validatorKey(0), digest)
    const vote = { ...message.vote, blockHash: OTHER_BLOCK, signature }
    const copy = [...wire]
    copy[4] = [sender, encodeMessage({ type: 'vote', vote })]
    forged.push(copy)
  }
  return forged.length > 0 ? [packFrame(forged)] : []
}

// Listens to every message between simulated hosts: no validator may ever contradict itself. It
// reads what is sent, not what anybody says they sent.

import type { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { readBlockNode } from '../../../protocol/consensus/block-tree.ts'
import { decodeMessage } from '../../../protocol/consensus/consensus-message.ts'
import {
  CHECKPOINT,
  FINALIZE,
  NOTARIZE,
  NULLIFY,
  type Vote,
} from '../../../protocol/consensus/vote.ts'
import type { MessageEnvelope } from '../../../runtime/envelope.ts'
import type { Body } from '../../../runtime/messages.ts'

type ValidatorVerbs = (typeof ValidatorMessages)['verbs']

export class VoteChecker {
  readonly violations: string[] = []
  private readonly said = new Map<string, string>()

  /** Looks into one message that leaves its host. */
  see({ to, verb, body }: MessageEnvelope): void {
    if (to.kind !== 'validator' || verb !== 'Deliver') return
    const { message: bytes } = body as Body<ValidatorVerbs, 'Deliver'>
    const message = decodeMessage(bytes)
    if (message?.type === 'vote') this.vote(message.vote)
    else if (message?.type === 'propose') {
      const node = readBlockNode(message.proposal.block)
      // Proposals are passed on by others; they carry their leader's own signature.
      if (node) this.once(`${node.proposer} proposes in ${node.epoch}/${node.view}`, node.hash)
    }
  }

  private vote(vote: Vote): void {
    const { signer, epoch, kind, blockHash } = vote
    const view = `${epoch}/${vote.view}`
    if (kind === CHECKPOINT) this.once(`${signer} checkpoints ${view}`, blockHash)
    if (kind === NOTARIZE) this.once(`${signer} notarizes in ${view}`, blockHash)
    if (kind === FINALIZE) {
      this.once(`${signer} finalizes in ${view}`, blockHash)
      this.once(`${signer} finalizes or nullifies ${view}`, 'finalizes')
    }
    if (kind === NULLIFY) this.once(`${signer} finalizes or nullifies ${view}`, 'nullifies')
  }

  private once(what: string, value: string): void {
    const known = this.said.get(what)
    if (known === undefined) this.said.set(what, value)
    else if (known !== value) this.violations.push(`equivocation: ${what}: ${known} and ${value}`)
  }
}

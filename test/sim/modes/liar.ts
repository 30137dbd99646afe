// A Byzantine node: an honest core whose messages are tampered with on the way out. It tells two
// halves of the others different things, keeps things to itself, lies about time and parents, and
// repeats what was said long ago.

import { hexToBytes } from '../../../lib/hex.ts'
import { readBlockNode } from '../../../protocol/consensus/block-tree.ts'
import {
  decodeMessage,
  encodeMessage,
  type Proposal,
} from '../../../protocol/consensus/consensus-message.ts'
import type { SimplexEffect } from '../../../protocol/consensus/simplex-types.ts'
import {
  CHECKPOINT,
  FINALIZE,
  NO_BLOCK,
  NOTARIZE,
  NULLIFY,
  PROPOSE,
  type SignedKind,
  type Vote,
  type VoteKind,
  voteDigest,
} from '../../../protocol/consensus/vote.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { lightBls as bls } from './light-crypto.ts'
import { Member } from './member.ts'

export const LIES = ['equivocate', 'withhold', 'mislead', 'replay'] as const
export type Lie = (typeof LIES)[number]

type Build = Extract<SimplexEffect, { type: 'build' }>
const LEAK = 0.05
const REPLAYED_MAX = 200
const AN_HOUR_MS = 3_600_000

/** What all liars know together: who is to be told what. */
export interface Conspiracy {
  /** The half of a peer: 0 or 1. */
  half(node: string): number
  /** The two blocks of a view, by half. */
  readonly blocks: Map<string, Proposal[]>
}

export class Liar extends Member {
  lie: Lie = 'equivocate'
  plot: Conspiracy = { half: () => 0, blocks: new Map() }
  protected override readonly proposesInvalid = true
  private readonly old: Uint8Array[] = []
  private saidIn = ''

  private sign(kind: SignedKind, epoch: number, view: number, hash: Vote['blockHash']) {
    const digest = voteDigest(this.world.mini.chain, kind, epoch, view, hash)
    return bls.sign(this.secretKey, digest)
  }

  private toHalf(half: number, message: Uint8Array): void {
    for (const { node } of this.world.peers) {
      if (node !== this.name && this.plot.half(node) === half) this.world.send(this, node, message)
    }
  }

  protected override broadcast(message: Uint8Array): void {
    const { random } = this.world
    if (this.lie === 'replay') {
      this.old.push(message)
      if (this.old.length > REPLAYED_MAX) this.old.splice(0, REPLAYED_MAX / 2)
      const again = this.old[random.below(this.old.length)] as Uint8Array
      super.broadcast(again)
      super.broadcast(message)
      return
    }
    if (this.lie === 'withhold') {
      if (random.chance(0.5)) return
      this.toHalf(random.below(2), message)
      return
    }
    if (this.lie === 'equivocate') this.tellTwoTales(message)
    else super.broadcast(message)
  }

  private tellTwoTales(message: Uint8Array): void {
    const decoded = decodeMessage(message)
    if (decoded?.type === 'propose') {
      const { proposal } = decoded
      const both = this.plot.blocks.get(`${proposal.epoch}/${proposal.view}`)
      if (both?.length !== 2) {
        super.broadcast(message)
        return
      }
      // Said again, it may be the other tale: whoever forgot the first falls for it.
      const place = `${proposal.epoch}/${proposal.view}`
      const turn = this.saidIn === place && this.world.random.chance(0.3) ? 1 : 0
      this.saidIn = place
      for (const [half, one] of both.entries()) {
        this.toHalf(half ^ turn, encodeMessage({ type: 'propose', proposal: one }))
      }
      return
    }
    if (decoded?.type !== 'vote') super.broadcast(message)
    else if (decoded.vote.kind === CHECKPOINT) this.signTwoCheckpoints(decoded.vote)
    else this.voteForBoth(decoded.vote)
  }

  /** To one half the stake checkpoint, to the other one of a chain that is not. */
  private signTwoCheckpoints(vote: Vote): void {
    const { kind, epoch, view } = vote
    const blockHash = keccakHex(hexToBytes(vote.blockHash))
    const other = { ...vote, blockHash, signature: this.sign(kind, epoch, view, blockHash) }
    for (const [half, told] of [vote, other].entries()) {
      const message = encodeMessage({ type: 'vote', vote: told })
      this.toHalf(half, message)
      if (this.world.random.chance(LEAK)) this.toHalf(1 - half, message)
    }
    this.world.reached('liar-signed-two-checkpoints')
  }

  /** To each half a NOTARIZE and a FINALIZE for what that half was shown; a NULLIFY now and then. */
  private voteForBoth(vote: Vote): void {
    const { epoch, view, signer } = vote
    const both = this.plot.blocks.get(`${epoch}/${view}`)
    for (const half of [0, 1]) {
      const proposal = both?.[half]
      const shown = proposal && readBlockNode(proposal.block)?.hash
      const hash = shown ?? (vote.kind === NULLIFY ? undefined : vote.blockHash)
      const say = (kind: VoteKind, blockHash: Vote['blockHash']) => {
        const signature = this.sign(kind, epoch, view, blockHash)
        const told: Vote = { kind, epoch, view, blockHash, signer, signature }
        const message = encodeMessage({ type: 'vote', vote: told })
        this.toHalf(half, message)
        // Now and then somebody hears both tales: that is how liars are caught.
        if (this.world.random.chance(LEAK)) this.toHalf(1 - half, message)
      }
      if (hash) {
        say(NOTARIZE, hash)
        say(FINALIZE, hash)
      }
      if (!hash || this.world.random.chance(0.2)) say(NULLIFY, NO_BLOCK)
    }
  }

  protected override build(asked: Build): void {
    const { random } = this.world
    if (this.lie === 'mislead') {
      // From the future, from the past, or as if two blocks back were the parent.
      const off = (random.below(3) - 1) * AN_HOUR_MS
      const older = this.disk.final.at(-2)?.hash
      const parent = older && random.chance(0.3) ? older : asked.parent
      const lie = { ...asked, timestampMs: asked.timestampMs + off, parent }
      // Or of another mode, which only execution sees.
      super.build(random.chance(0.3) ? { ...lie, mode: (asked.mode + 1) % 3 } : lie)
      return
    }
    super.build(asked)
    if (this.lie === 'equivocate') this.buildAnother(asked)
  }

  private buildAnother(asked: Build): void {
    const { epoch, view } = asked
    const mine = this.core?.view?.views.get(view)?.proposal
    if (!mine || mine.epoch !== epoch) return
    const other = this.blockOf({ ...asked, timestampMs: asked.timestampMs + 1 })
    const node = other && readBlockNode(other)
    if (!other || !node) return
    const signature = this.sign(PROPOSE, epoch, view, node.hash)
    const lie: Proposal = { ...mine, block: other, signature }
    this.plot.blocks.set(`${epoch}/${view}`, [mine, lie])
    this.world.reached('liar-proposed-twice')
  }
}

// The votes of one view. Signatures are collected unchecked, aggregated and checked once when a
// quorum is there; only if that fails are they checked one by one and the bad ones thrown out.

import type { Hex } from '../../lib/hex.ts'
import type { Bls } from '../crypto/signatures.ts'
import { type Certificate, isEnough, verifyCertificate } from './certificate.ts'
import type { QuorumRules } from './epoch-rules.ts'
import { blsKeyOf } from './validator-set.ts'
import { type ChainIdentity, FINALIZE, NULLIFY, type Vote, voteDigest } from './vote.ts'

export interface VoteRules {
  readonly rules: QuorumRules
  readonly chain: ChainIdentity
  readonly bls: Bls
  /** Told of every vote whose signature turned out to be no one's. */
  readonly forged?: (vote: Vote) => void
}

/** Two votes of one validator that contradict each other. */
export interface Contradiction {
  readonly votes: readonly [Vote, Vote]
}

/** Two blocks in one view, two checkpoints of an epoch, or FINALIZE and NULLIFY: E1, E2, E3, E5. */
function contradicts(a: Vote, b: Vote): boolean {
  if (a.kind === b.kind) return a.blockHash !== b.blockHash && a.kind !== NULLIFY
  const kinds = [a.kind, b.kind]
  return kinds.includes(FINALIZE) && kinds.includes(NULLIFY)
}

/** The votes for one thing, and what they weigh. */
interface Tally {
  readonly votes: Vote[]
  authorities: number
  stake: bigint
}

export class VoteBook {
  private readonly rules: VoteRules
  /** By signer: every different vote it sent in this view (two kinds, or proof of a lie). */
  private readonly bySigner = new Map<number, Vote[]>()
  /** By kind of vote and block. */
  private readonly tallies = new Map<Vote['kind'], Map<Hex, Tally>>()

  constructor(rules: VoteRules) {
    this.rules = rules
  }

  /** Is a vote of this signer for exactly this here already? */
  has({ signer, kind, blockHash }: Vote): boolean {
    const known = this.bySigner.get(signer) ?? []
    return known.some((one) => one.kind === kind && one.blockHash === blockHash)
  }

  /** Returns what the new vote contradicts, if its signer really signed both. */
  add(vote: Vote): Contradiction | undefined {
    if (this.has(vote)) return undefined
    const known = this.bySigner.get(vote.signer) ?? []
    // All of them: a forged first vote must not hide a genuine second one.
    const rivals = known.filter((one) => contradicts(one, vote))
    // Room for one vote of each kind and one lie of each; an unchecked flood stops here.
    if (known.length >= 6) return undefined
    known.push(vote)
    this.bySigner.set(vote.signer, known)
    this.count(vote, 1)
    if (rivals.length === 0 || !this.isGenuine(vote)) return undefined
    const rival = rivals.find((one) => this.isGenuine(one))
    return rival && { votes: [rival, vote] }
  }

  private tally(kind: Vote['kind'], blockHash: Hex): Tally | undefined {
    return this.tallies.get(kind)?.get(blockHash)
  }

  private newTally({ kind, blockHash }: Vote): Tally {
    const tally: Tally = { votes: [], authorities: 0, stake: 0n }
    const ofKind = this.tallies.get(kind)
    if (ofKind) ofKind.set(blockHash, tally)
    else this.tallies.set(kind, new Map([[blockHash, tally]]))
    return tally
  }

  private count(vote: Vote, sign: 1 | -1): void {
    const tally = this.tally(vote.kind, vote.blockHash) ?? this.newTally(vote)
    if (sign === 1) tally.votes.push(vote)
    else tally.votes.splice(tally.votes.indexOf(vote), 1)
    const validator = this.rules.rules.set.validators[vote.signer]
    if (validator?.authority) tally.authorities += sign
    if (validator) tally.stake += sign === 1 ? validator.stake : -validator.stake
  }

  isGenuine(vote: Vote): boolean {
    const { rules, chain, bls } = this.rules
    const validator = rules.set.validators[vote.signer]
    if (!validator) return false
    const digest = voteDigest(chain, vote.kind, vote.epoch, vote.view, vote.blockHash)
    return bls.verify(blsKeyOf(validator), digest, vote.signature)
  }

  /** How many have voted for exactly this. */
  votesFor(kind: Vote['kind'], blockHash: Hex): number {
    return this.tally(kind, blockHash)?.votes.length ?? 0
  }

  voters(): ReadonlySet<number> {
    return new Set(this.bySigner.keys())
  }

  /** A checked certificate, once a quorum has voted for exactly this. */
  certify(kind: Vote['kind'], blockHash: Hex): Certificate | undefined {
    const { rules, chain, bls } = this.rules
    const tally = this.tally(kind, blockHash)
    if (!tally || !isEnough(rules, kind, tally)) return undefined
    const certificate = this.aggregate(tally.votes)
    if (certificate && verifyCertificate(certificate, rules, chain, bls).ok) return certificate
    for (const vote of [...tally.votes]) {
      if (this.isGenuine(vote)) continue
      this.drop(vote)
      this.rules.forged?.(vote)
    }
    return isEnough(rules, kind, tally) ? this.aggregate(tally.votes) : undefined
  }

  private aggregate(unordered: readonly Vote[]): Certificate | undefined {
    const votes = [...unordered].sort((a, b) => a.signer - b.signer)
    const [first] = votes
    if (!first) return undefined
    try {
      const signature = this.rules.bls.aggregate(votes.map((vote) => vote.signature))
      const { kind, epoch, view, blockHash } = first
      return { kind, epoch, view, blockHash, signers: votes.map((vote) => vote.signer), signature }
    } catch {
      return undefined
    }
  }

  private drop(vote: Vote): void {
    this.count(vote, -1)
    const known = this.bySigner.get(vote.signer)?.filter((one) => one !== vote)
    if (known && known.length > 0) this.bySigner.set(vote.signer, known)
    else this.bySigner.delete(vote.signer)
  }
}

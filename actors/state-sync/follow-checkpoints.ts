// The rules of a snapshot's epoch, from an older block that the operator trusts: the peers' stake
// checkpoints are followed from its epoch on. Any peer can lead there, whoever offers the snapshot;
// one that lacks a step is passed over, one that forges is named.

import { LIGHT_STEPS_MAX, SYNC_ASK_MS } from '../../config/limits.ts'
import { type Certificate, verifyCertificate } from '../../protocol/consensus/certificate.ts'
import type { QuorumRules } from '../../protocol/consensus/epoch-rules.ts'
import type { ChainIdentity } from '../../protocol/consensus/vote.ts'
import type { Bls } from '../../protocol/crypto/signatures.ts'
import { type Anchor, anchorState, type ShownAnchor } from '../../protocol/light/anchor-state.ts'
import type { LightRefusal, Refused } from '../../protocol/light/light-refusals.ts'
import { type LightState, rulesFor } from '../../protocol/light/light-state.ts'
import { type StoredStep, searchPath } from '../../protocol/light/search-path.ts'
import { WEAK_SUBJECTIVITY_MS } from '../../protocol/params.ts'
import type { Context } from '../../runtime/context.ts'
import { ArchiveMessages } from '../messages/archive.ts'

export interface TrustedEpoch extends Anchor {
  readonly bls: Bls
}

interface Failure {
  readonly why: string
  /** What the peer showed contradicts itself or what is trusted. */
  readonly forged: boolean
}

type Shown = StoredStep & ShownAnchor

/** What an honest peer can be refused for: it lacks something, or the operator's own words do. */
const NO_FORGERY: readonly LightRefusal[] = [
  'UNTRUSTED_SET',
  'MISSING_SET',
  'TOO_MANY',
  'WRONG_EPOCH',
]

function failure({ code, detail }: Refused): Failure {
  return { why: `${code}, ${detail}`, forged: !NO_FORGERY.includes(code) }
}

const gap = (why: string): Failure => ({ why, forged: false })

export class FollowCheckpoints {
  private readonly ctx: Context
  private readonly chain: ChainIdentity
  private readonly trusted: TrustedEpoch
  private readonly forger: (peer: string) => void
  /** By the epoch that their rules are for; each verified from the trusted one. */
  private readonly states = new Map<number, LightState>()
  private readonly followed = new Map<number, StoredStep>()
  /** When the trusted epoch ended. */
  private trustedMs = 0

  constructor(
    ctx: Context,
    chain: ChainIdentity,
    trusted: TrustedEpoch,
    forger: (peer: string) => void,
  ) {
    this.ctx = ctx
    this.chain = chain
    this.trusted = trusted
    this.forger = forger
  }

  /** The checkpoints that were followed, by epoch. */
  get steps(): ReadonlyMap<number, StoredStep> {
    return this.followed
  }

  /** Did a quorum under rules that are known sign it? */
  isCertified(certificate: Certificate): boolean {
    const rules = this.rulesOf(certificate.epoch)
    if (!rules) return false
    return verifyCertificate(certificate, rules, this.chain, this.trusted.bls).ok
  }

  /**
   * Makes the rules of `epoch` known, from the first of `peers` that leads there. `done` is told
   * why that failed, or nothing.
   */
  reach(epoch: number, peers: readonly string[], done: (why: string | undefined) => void): void {
    const next = (at: number, why: string) => {
      const peer = peers[at]
      if (this.states.has(epoch)) done(undefined)
      else if (peer === undefined) done(why)
      else {
        this.from(peer, epoch, (failed) => {
          if (!failed) {
            done(undefined)
            return
          }
          if (failed.forged) this.forger(peer)
          next(at + 1, `${peer}: ${failed.why}`)
        })
      }
    }
    next(0, 'no peer has the checkpoints that lead there')
  }

  private rulesOf(epoch: number): QuorumRules | undefined {
    const state = this.states.get(epoch) ?? this.states.get(epoch - 1)
    return state && rulesFor(state, epoch)
  }

  private from(peer: string, epoch: number, done: (failed: Failure | undefined) => void): void {
    const start = this.trusted.epoch + 1
    if (!this.states.has(start)) {
      this.begin(peer, (failed) => (failed ? done(failed) : this.from(peer, epoch, done)))
      return
    }
    const days = Math.floor((this.ctx.wallTime() - this.trustedMs) / 86_400_000)
    if (this.ctx.wallTime() - this.trustedMs > WEAK_SUBJECTIVITY_MS) {
      done(gap(`STALE_CHECKPOINT, the trusted epoch ended ${days} days ago: give a newer one`))
    } else if (epoch < start) {
      done(gap(`the snapshot is of epoch ${epoch}, not after the trusted one`))
    } else this.follow(peer, epoch, done)
  }

  /** The trusted block itself, as the peer shows it. */
  private begin(peer: string, done: (failed: Failure | undefined) => void): void {
    const { trusted, chain } = this
    this.ask(peer, trusted.epoch, (shown) => {
      if (shown === 'none' || shown?.epoch !== trusted.epoch) {
        done(gap('it has no checkpoint of the trusted epoch'))
        return
      }
      if (shown.header.length === 0) {
        done(gap('it has pruned the trusted block: give a newer one'))
        return
      }
      const begun = anchorState(chain, trusted, shown, trusted.bls)
      if (!begun.ok) {
        done(failure(begun))
        return
      }
      this.trustedMs = begun.timeMs
      this.keep(begun.state, shown)
      done(undefined)
    })
  }

  private follow(peer: string, epoch: number, done: (failed: Failure | undefined) => void): void {
    let nearest = this.trusted.epoch + 1
    for (const at of this.states.keys()) if (at <= epoch && at > nearest) nearest = at
    const from = this.states.get(nearest) as LightState
    const { bls } = this.trusted
    const keep = (state: LightState, step: StoredStep) => this.keep(state, step)
    const search = searchPath({ from, epoch, bls, stepsMax: LIGHT_STEPS_MAX, keep })
    const turn = (asked: ReturnType<typeof search.next>) => {
      if (!asked.done) {
        this.ask(peer, asked.value, (step) => {
          if (step === 'none') done(gap('it does not answer'))
          else turn(search.next(step))
        })
        return
      }
      if (!asked.value.ok) done(failure(asked.value))
      else if (this.rulesOf(epoch)) done(undefined)
      else done(gap(`UNCERTIFIED_EPOCH, its checkpoints do not lead to epoch ${epoch}`))
    }
    turn(search.next())
  }

  private keep(state: LightState, { epoch, checkpoint, certificate, signers, sets }: StoredStep) {
    this.states.set(state.epoch, state)
    this.followed.set(epoch, { epoch, checkpoint, certificate, signers, sets })
  }

  private ask(
    peer: string,
    epoch: number,
    done: (shown: Shown | undefined | 'none') => void,
  ): void {
    this.ctx.ask(
      ArchiveMessages,
      peer,
      'Checkpoint',
      { epoch },
      {
        within: SYNC_ASK_MS,
        ok: (shown) => done(shown && shown.epoch > epoch ? 'none' : shown),
        failed: () => done('none'),
      },
    )
  }
}

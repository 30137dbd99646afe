// The mutable state of the consensus core, shared by the files that hold its rules. What belongs to
// one epoch is new with each.

import type { Hex } from '../../lib/hex.ts'
import { BLOCK_TIMES_MS, DELTAS_MS, EARLY_MESSAGES_MAX, FUTURE_VIEWS_BUFFERED } from '../params.ts'
import type { BlockTree } from './block-tree.ts'
import type { Certificate } from './certificate.ts'
import type { CheckpointRound } from './checkpoint-round.ts'
import type { ConsensusMessage } from './consensus-message.ts'
import { EffectQueue } from './effect-queue.ts'
import type { EpochRules } from './epoch-rules.ts'
import { leaderOf } from './leader.ts'
import type { LateView } from './presence.ts'
import type {
  FetchedBlock,
  FinalBlock,
  Now,
  Place,
  SimplexConfig,
  TimerName,
} from './simplex-types.ts'
import { newView, type ViewState } from './view-state.ts'
import type { Vote } from './vote.ts'

export class SimplexState extends EffectQueue {
  readonly config: SimplexConfig
  readonly tree: BlockTree
  rules: EpochRules
  /** Our place in the epoch's set. */
  index: number | undefined
  readonly views = new Map<number, ViewState>()
  /** The latest final views of this epoch: votes for them still come in, and count as presence. */
  readonly lately: LateView[] = []
  /** Finality certificates above the last final block, by view. */
  readonly finals = new Map<number, Certificate>()
  view = 1
  /**
   * Nothing is signed in this epoch below this view: the highest in which we have ever signed, or
   * the one after it where what we signed there is no longer known.
   */
  signedView = 0
  /** Highest place in which these keys signed, as far as this node's records say. */
  signedTo: Place
  deltaMs: number
  waiting = false
  armed = false
  enteredAt: number
  /** When the last notarised or final block was seen (monotonic). */
  lastBlockAt: number
  finalising: Hex | undefined
  fetchArmed = false
  /** By node: the final height that it claims to have, in an epoch that has not begun here. */
  readonly claims = new Map<string, number>()
  /** Blocks that were fetched but belong to epochs after this one. */
  ahead: readonly FetchedBlock[] = []
  /** Messages of the next epoch, which others have entered before us. */
  early: { from: string; message: ConsensusMessage }[] = []
  checkpoint: CheckpointRound | undefined
  /** Proofs that no final block has brought yet. */
  readonly evidence = new Map<string, { readonly bytes: Uint8Array; tries: number }>()
  /** Why nothing is signed although we have keys. */
  silenced: string | undefined
  /** Nothing is signed before this epoch: see `lostSignState`. */
  signFrom = 0
  clock: Now
  /** Turns in a row in which a leader was silent. */
  readonly silentTurns = new Map<number, number>()
  /** Votes of ours that have become durable and are to be counted. */
  readonly ownVotes: Vote[] = []
  private readonly indices = new Map<Hex, number>()
  /** PERF: asked for with every vote. */
  private readonly nodesByKey: ReadonlyMap<Hex, string>
  private readonly leaders = new Map<number, number>()

  constructor(config: SimplexConfig, tree: BlockTree, rules: EpochRules, clock: Now) {
    super()
    this.config = config
    this.nodesByKey = new Map(config.peers.map((peer) => [peer.blsPublicKey, peer.node]))
    this.tree = tree
    this.clock = clock
    this.lastBlockAt = clock.now
    this.enteredAt = clock.now
    this.signedTo = { epoch: 0, view: 0 }
    this.rules = rules
    this.deltaMs = DELTAS_MS[rules.mode]
    this.useRules(rules)
  }

  /** Begins an epoch; the tree's last final block ended the one before. */
  useRules(rules: EpochRules): void {
    this.rules = rules
    this.indices.clear()
    for (const { blsPublicKey, index } of rules.set.validators) {
      this.indices.set(blsPublicKey, index)
    }
    const { keys } = this.config
    this.index = keys && this.indices.get(keys.blsPublicKey)
    this.views.clear()
    this.leaders.clear()
    this.finals.clear()
    this.lately.length = 0
    this.silentTurns.clear()
    this.signedView = 0
    if (rules.epoch === this.signedTo.epoch && this.signedTo.view > 0) {
      this.signedView = this.signedTo.view + 1
    }
    this.view = this.finalView + 1
    this.deltaMs = this.firstDeltaMs
  }

  get final(): FinalBlock {
    return this.tree.final
  }

  /** The last final view of this epoch; 0 while it has none. */
  get finalView(): number {
    return this.final.epoch === this.rules.epoch ? this.final.view : 0
  }

  get firstDeltaMs(): number {
    return DELTAS_MS[this.rules.mode]
  }

  get blockTimeMs(): number {
    return BLOCK_TIMES_MS[this.rules.mode]
  }

  /**
   * May we sign at all in this epoch? Stakers have no vote in FAST. And with a chain that is older
   * than our record, a snapshot's for one, nobody knows any more what we signed in its epochs.
   */
  get canSign(): boolean {
    const { epoch } = this.rules
    if (this.index === undefined || this.silenced || epoch < this.signFrom) return false
    if (epoch < this.signedTo.epoch) return false
    return this.rules.mode !== 0 || this.rules.set.validators[this.index]?.authority === true
  }

  leader(view: number): number {
    let leader = this.leaders.get(view)
    if (leader === undefined) {
      leader = leaderOf(this.rules, view)
      // A peer may name any view; only those that we come to are kept.
      if (view <= this.view + FUTURE_VIEWS_BUFFERED) this.leaders.set(view, leader)
    }
    return leader
  }

  get isLeader(): boolean {
    return this.canSign && this.leader(this.view) === this.index
  }

  nodeOf(index: number): string | undefined {
    const key = this.rules.set.validators[index]?.blsPublicKey
    return key && this.nodeWith(key)
  }

  /** The peer whose key this is. */
  nodeWith(blsPublicKey: Hex): string | undefined {
    return this.nodesByKey.get(blsPublicKey)
  }

  /** Nothing more is signed until the node is started again. */
  silence(why: string): void {
    if (this.silenced) return
    this.silenced = why
    this.log('error', 'this validator signs nothing any more', { why })
    this.reached('silenced')
  }

  viewState(view: number): ViewState {
    let state = this.views.get(view)
    if (!state) {
      const { chain, bls } = this.config
      const forged = ({ signer }: Vote) => this.refuse('forged-vote', this.nodeOf(signer))
      state = newView(view, { rules: this.rules, chain, bls, forged })
      this.views.set(view, state)
    }
    return state
  }

  keepEarly(from: string, message: ConsensusMessage): void {
    if (this.early.length < EARLY_MESSAGES_MAX) this.early.push({ from, message })
    else this.count('early-dropped')
  }

  timer(name: TimerName, ms: number): void {
    this.emit({ type: 'timer', name, ms: Math.max(0, ms) })
  }

  /**
   * Fetches from a peer soon. Armed once: news of ever later blocks must not push the fetch away.
   */
  fetchSoon(): void {
    if (this.fetchArmed) return
    this.fetchArmed = true
    this.timer('fetch', DELTAS_MS[0] / 2)
  }

  get isBehind(): boolean {
    return this.finals.size > 0 || this.claimedHeight > this.final.height
  }

  /**
   * What validators claim cannot be checked before this epoch ends here; of those that may lie, a
   * third, at least one tells the truth among the highest claims.
   */
  private get claimedHeight(): number {
    if (this.claims.size === 0) return 0
    const { validators } = this.rules.set
    const heights = validators.map(({ index }) => this.claims.get(this.nodeOf(index) ?? '') ?? 0)
    const liars = Math.floor((validators.length - 1) / 3)
    return heights.sort((a, b) => b - a)[liars] ?? 0
  }

  cancel(...names: TimerName[]): void {
    for (const name of names) this.emit({ type: 'cancel', name })
  }

  emptyDueIn(): number {
    return this.lastBlockAt + this.config.emptyBlockIntervalMs - this.clock.now
  }
}

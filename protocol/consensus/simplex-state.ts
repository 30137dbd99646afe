// The mutable state of the consensus core, shared by the files that hold its rules.

import type { Hex } from '../../lib/hex.ts'
import type { BlockNode, BlockTree } from './block-tree.ts'
import type { Certificate } from './certificate.ts'
import type { Proposal } from './consensus-message.ts'
import { leaderOf } from './leader.ts'
import type {
  FinalBlock,
  Now,
  SignRecord,
  SimplexConfig,
  SimplexEffect,
  TimerName,
} from './simplex-types.ts'
import type { Vote } from './vote.ts'
import { VoteBook } from './vote-book.ts'

export interface ViewState {
  readonly view: number
  readonly book: VoteBook
  proposal: Proposal | undefined
  node: BlockNode | undefined
  notarised: Certificate | undefined
  nullified: Certificate | undefined
  sentNotarize: Hex | undefined
  sentNullify: boolean
  sentFinalize: Hex | undefined
  proposed: boolean
  building: boolean
  /** A transaction came while a block was being built. */
  buildAgain: boolean
  /** What we signed in this view, to be sent again; only what is durable. */
  readonly own: Uint8Array[]
}

export class SimplexState {
  readonly config: SimplexConfig
  readonly tree: BlockTree
  readonly setHash: Hex
  readonly views = new Map<number, ViewState>()
  /** Finality certificates above the last final block, by view. */
  readonly finals = new Map<number, Certificate>()
  view: number
  /** Highest view in which we have ever signed; nothing is signed below it. */
  signedView: number
  deltaMs: number
  waiting = false
  armed = false
  /** When the last notarised or final block was seen (monotonic). */
  lastBlockAt: number
  finalising: Hex | undefined
  fetchArmed = false
  clock: Now
  /** Turns in a row in which a leader was silent. */
  readonly silentTurns = new Map<number, number>()
  /** Votes of ours that have become durable and are to be counted. */
  readonly ownVotes: Vote[] = []
  private effects: SimplexEffect[] = []
  private records: SignRecord[] = []
  private afterPersist: (() => void)[] = []
  private readonly persisting = new Map<number, (() => void)[]>()
  private nextPersist = 1

  constructor(config: SimplexConfig, tree: BlockTree, clock: Now) {
    this.config = config
    this.tree = tree
    this.setHash = config.rules.setHash
    this.view = tree.final.view + 1
    this.signedView = 0
    this.deltaMs = config.deltaMs
    this.lastBlockAt = clock.now
    this.clock = clock
  }

  get final(): FinalBlock {
    return this.tree.final
  }

  get canSign(): boolean {
    return this.config.index !== undefined && this.config.secretKey !== undefined
  }

  leader(view: number): number {
    return leaderOf(this.config.rules, view)
  }

  get isLeader(): boolean {
    return this.canSign && this.leader(this.view) === this.config.index
  }

  viewState(view: number): ViewState {
    let state = this.views.get(view)
    if (!state) {
      state = {
        view,
        book: new VoteBook(this.config),
        proposal: undefined,
        node: undefined,
        notarised: undefined,
        nullified: undefined,
        sentNotarize: undefined,
        sentNullify: false,
        sentFinalize: undefined,
        proposed: false,
        building: false,
        buildAgain: false,
        own: [],
      }
      this.views.set(view, state)
    }
    return state
  }

  emit(effect: SimplexEffect): void {
    this.effects.push(effect)
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
    this.timer('fetch', this.config.deltaMs / 2)
  }

  cancel(...names: TimerName[]): void {
    for (const name of names) this.emit({ type: 'cancel', name })
  }

  reached(mark: string): void {
    this.emit({ type: 'reached', mark })
  }

  log(level: 'debug' | 'info' | 'warn', event: string, fields: Record<string, unknown> = {}): void {
    this.emit({ type: 'log', level, event, fields })
  }

  /** Everything recorded in one event becomes one durable write; `then` runs when it is. */
  record(record: SignRecord, then?: () => void): void {
    this.records.push(record)
    if (then) this.afterPersist.push(then)
  }

  persisted(id: number): void {
    const then = this.persisting.get(id) ?? []
    this.persisting.delete(id)
    for (const run of then) run()
  }

  /** The effects of the event just handled. */
  takeEffects(): SimplexEffect[] {
    if (this.afterPersist.length > 0) {
      const id = this.nextPersist++
      this.persisting.set(id, this.afterPersist)
      this.effects.push({ type: 'persist', id, records: this.records })
      this.records = []
      this.afterPersist = []
    }
    const { effects } = this
    this.effects = []
    return effects
  }

  emptyDueIn(): number {
    return this.lastBlockAt + this.config.emptyBlockIntervalMs - this.clock.now
  }
}

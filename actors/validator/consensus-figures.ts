// What a validator's consensus did, as figures for operators: read off the events that go into the
// core and the effects that come out of it, so that the core knows nothing of being measured.

import { Log2Histogram } from '../../lib/log2-histogram.ts'
import type { SimplexState } from '../../protocol/consensus/simplex-state.ts'
import type { Now, SimplexEffect, SimplexEvent } from '../../protocol/consensus/simplex-types.ts'
import { FINALIZE, NOTARIZE } from '../../protocol/consensus/vote.ts'

/** A validator is missing when it let so many final blocks pass without a vote. */
const SILENT_BLOCKS = 10
const STEPS = ['view', 'build', 'check', 'persist', 'commit'] as const
type Step = (typeof STEPS)[number]

export class ConsensusFigures {
  private readonly steps = new Map(STEPS.map((step) => [step as Step, new Log2Histogram()]))
  private readonly begun = new Map<string, number>()
  private readonly blockInterval = new Log2Histogram()
  private readonly finality = new Log2Histogram()
  private readonly counts = {
    missedBlocks: 0,
    fetchedBlocks: 0,
  }
  private readonly liars = new Set<string>()
  /** By node: height of the last final block when a vote of it came. */
  private readonly heardAt = new Map<string, number>()
  /** By node: the last final height that it claims. */
  private readonly claimed = new Map<string, number>()
  /** Views above the last final block in which we have voted for a block. */
  private readonly votedIn = new Set<string>()
  private lastSigned = 0
  /** Final blocks in a row without a vote of ours. */
  missedInRow = 0
  private viewId = ''
  private viewSince = 0
  private final: { height: number; timestampMs: number } | undefined
  private catchingUp = false

  /** Before the core handles it. */
  event(event: SimplexEvent, state: SimplexState | undefined, { now }: Now): void {
    if (event.type === 'built') this.end('build', `${event.view}`, now)
    else if (event.type === 'checked') this.end('check', event.hash, now)
    else if (event.type === 'persisted') this.end('persist', `${event.id}`, now)
    else if (event.type === 'finalised') this.end('commit', event.hash, now)
    else if (event.type === 'fetched' && event.blocks.length > 0) {
      this.catchingUp = true
      this.counts.fetchedBlocks += event.blocks.length
    } else if (event.type === 'message' && event.message.type === 'vote' && state) {
      this.heardAt.set(event.from, state.final.height)
    } else if (event.type === 'message' && event.message.type === 'status') {
      this.claimed.set(event.from, event.message.finalHeight)
    }
  }

  effect(effect: SimplexEffect, { now }: Now): void {
    if (effect.type === 'build') this.begin('build', `${effect.view}`, now)
    else if (effect.type === 'check') this.begin('check', effect.hash, now)
    else if (effect.type === 'finalise') this.begin('commit', effect.hash, now)
    else if (effect.type === 'persist') {
      this.begin('persist', `${effect.id}`, now)
      for (const { epoch, view, slot } of effect.records) {
        if (slot === NOTARIZE || slot === FINALIZE) this.votedIn.add(`${epoch}/${view}`)
      }
    } else if (effect.type === 'evidence') this.liars.add(effect.evidence.blsPublicKey)
  }

  /** After an event and its effects. */
  settled(state: SimplexState, { now, wall }: Now, votes: boolean): void {
    const id = `${state.rules.epoch}/${state.view}`
    if (id !== this.viewId) {
      if (this.viewId !== '') this.steps.get('view')?.add((now - this.viewSince) * 1000)
      this.viewId = id
      this.viewSince = now
    }
    const { height, timestampMs, epoch, view } = state.final
    const before = this.final
    if (before?.height === height) return
    this.final = { height, timestampMs }
    if (!before) return
    // Blocks that were fetched say nothing of how long finality takes.
    if (!this.catchingUp) {
      this.finality.add((wall - timestampMs) * 1000)
      const blocks = height - before.height
      const interval = (timestampMs - before.timestampMs) / blocks
      // The time of the genesis is when the network was defined.
      if (before.height > 0) this.blockInterval.add(interval * 1000)
    }
    if (this.votedIn.has(`${epoch}/${view}`)) {
      this.lastSigned = height
      this.missedInRow = 0
    } else if (votes && !this.catchingUp) {
      this.counts.missedBlocks++
      this.missedInRow++
    }
    for (const one of this.votedIn) {
      const [of = 0, at = 0] = one.split('/').map(Number)
      if (of < epoch || (of === epoch && at <= view)) this.votedIn.delete(one)
    }
    if (state.finals.size === 0) this.catchingUp = false
  }

  /** Of these nodes: those that have not voted while the last blocks became final. */
  silent(nodes: readonly string[]): string[] {
    const height = this.final?.height ?? 0
    return nodes.filter((node) => height - (this.heardAt.get(node) ?? 0) > SILENT_BLOCKS)
  }

  /**
   * How many blocks behind the others we are by their word: by that of so many validators that one
   * of them is honest, for a liar's height means nothing.
   */
  lagBlocks(validators: number): number {
    const claims = [...this.claimed.values()].sort((a, b) => b - a)
    const believed = claims[Math.floor((validators - 1) / 3)] ?? 0
    return Math.max(0, believed - (this.final?.height ?? 0))
  }

  view() {
    return {
      ...this.counts,
      byzantine: this.liars.size,
      lastSignedHeight: this.lastSigned,
      steps: [...this.steps].map(([name, histogram]) => ({ name, us: histogram.view() })),
      blockInterval: this.blockInterval.view(),
      finality: this.finality.view(),
    }
  }

  private begin(step: Step, id: string, now: number): void {
    this.begun.set(`${step}/${id}`, now)
  }

  private end(step: Step, id: string, now: number): void {
    const at = this.begun.get(`${step}/${id}`)
    if (at === undefined) return
    this.begun.delete(`${step}/${id}`)
    this.steps.get(step)?.add((now - at) * 1000)
  }
}

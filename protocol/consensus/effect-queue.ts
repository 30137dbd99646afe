// What one event wants done, collected while its rules run; with it the records that must be
// durable first, and counters of what was seen.

import type { SignRecord, SimplexEffect } from './simplex-types.ts'

const NOTHING: readonly SimplexEffect[] = []

export class EffectQueue {
  /** How often each thing happened, by name, since the start. */
  readonly counts = new Map<string, number>()
  private effects: SimplexEffect[] = []
  private records: SignRecord[] = []
  private afterPersist: (() => void)[] = []
  private readonly persisting = new Map<number, (() => void)[]>()
  private nextPersist = 1

  emit(effect: SimplexEffect): void {
    this.effects.push(effect)
  }

  reached(mark: string): void {
    this.emit({ type: 'reached', mark })
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  /** Something of a peer's that is refused: counted by code, and nothing else comes of it. */
  refuse(code: string, from?: string, fields: Record<string, unknown> = {}): void {
    this.count(`refused-${code}`)
    this.emit({ type: 'refused', code, from, fields })
  }

  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    event: string,
    fields: Record<string, unknown> = {},
  ): void {
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
  takeEffects(): readonly SimplexEffect[] {
    if (this.afterPersist.length > 0) {
      const id = this.nextPersist++
      this.persisting.set(id, this.afterPersist)
      this.effects.push({ type: 'persist', id, records: this.records })
      this.records = []
      this.afterPersist = []
    }
    const { effects } = this
    // PERF: most votes want nothing done.
    if (effects.length === 0) return NOTHING
    this.effects = []
    return effects
  }
}

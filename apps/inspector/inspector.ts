// The inspector at work: polls, keys and replies change one state, and the screen is drawn from it.
// At most one frame for all the answers of a poll.

import { type AdminAccess, act, type Tapping, tap } from './poll/admin-calls.ts'
import { type PollEvents, Poller } from './poll/poller.ts'
import { HEADER_QUERY, screenQuery } from './query/screen-query.ts'
import type { ActorAction, TapReply } from './snapshot.ts'
import {
  type ActorTarget,
  holdsStill,
  type InspectorState,
  initialState,
  type ProcessEndpoint,
} from './state/model.ts'
import { type Effect, onKey, say } from './state/on-key.ts'
import { answered, failed, located, sampled } from './state/replies.ts'
import type { Cells, Size } from './terminal/cells.ts'
import type { Key } from './terminal/key-parser.ts'
import { frame } from './views/frame.ts'

/** Answers of several processes come close together: they are drawn together. */
const GATHER_MS = 25
const HEADER_MS = 1000
const LOOK_MS = 2000

export interface InspectorOptions {
  readonly cluster: string
  readonly view: InspectorState['view']
  /** Read again now and then: processes restart elsewhere. Undefined: nothing to read now. */
  readonly find: () => readonly ProcessEndpoint[] | undefined
  /** Undefined: nothing may be changed. */
  readonly token: string | undefined
  readonly size: () => Size
  /** False: not drawn, because the terminal is behind. */
  readonly show: (cells: Cells) => boolean
  readonly quit: () => void
}

export class Inspector {
  readonly #options: InspectorOptions
  readonly #poller: Poller
  readonly #header: Poller
  #state: InspectorState
  #tick: NodeJS.Timeout | undefined
  #soon: NodeJS.Timeout | undefined
  #draw: NodeJS.Timeout | undefined
  #tapping: Tapping | undefined
  #askedAt = { header: Number.NEGATIVE_INFINITY, look: Number.NEGATIVE_INFINITY }
  #stopped = false

  constructor(options: InspectorOptions) {
    this.#options = options
    this.#state = initialState({
      cluster: options.cluster,
      processes: options.find() ?? [],
      now: Date.now(),
      view: options.view,
      admin: options.token !== undefined,
    })
    let number = 0
    const events: PollEvents = {
      answered: (answer, snapshot) =>
        this.#change(answered(this.#state, answer, snapshot, Date.now())),
      failed: (answer, why) => this.#change(failed(this.#state, answer, why, Date.now())),
    }
    this.#poller = new Poller(events, () => ++number)
    this.#header = new Poller(events, () => ++number)
  }

  get state(): InspectorState {
    return this.#state
  }

  start(): void {
    this.draw()
    this.#run()
  }

  stop(): void {
    this.#stopped = true
    for (const timer of [this.#tick, this.#soon, this.#draw]) clearTimeout(timer)
    this.#tapping?.cancel()
    this.#poller.stop()
    this.#header.stop()
  }

  key(key: Key): void {
    const now = Date.now()
    const step = onKey({ ...this.#state, now }, key, this.#options.size())
    this.#state = step.state
    for (const effect of step.effects) this.#perform(effect)
    this.#drawSoon(0)
  }

  draw(): void {
    this.#draw = undefined
    if (this.#stopped) return
    this.#state = { ...this.#state, now: Date.now() }
    this.#options.show(frame(this.#state, this.#options.size()))
  }

  #change(state: InspectorState): void {
    if (this.#stopped || state === this.#state) return
    this.#state = state
    this.#drawSoon(GATHER_MS)
  }

  /** Many changes, one frame. */
  #drawSoon(ms: number): void {
    if (this.#stopped || (this.#draw && ms > 0)) return
    clearTimeout(this.#draw)
    this.#draw = setTimeout(() => this.draw(), ms)
  }

  #run(): void {
    if (this.#stopped) return
    const now = Date.now()
    if (!holdsStill(this.#state)) {
      this.#look(now)
      this.#change(sampled(this.#state, now))
      this.#poll(false)
      if (now - this.#askedAt.header >= HEADER_MS && this.#state.view !== 'chain') {
        this.#askedAt.header = now
        void this.#header.poll(this.#state.processes, HEADER_QUERY, false)
      }
    }
    // Times on the screen go on, also when nobody answers.
    this.#drawSoon(GATHER_MS * 2)
    this.#tick = setTimeout(() => this.#run(), 1000 / this.#state.hz)
  }

  #poll(anew: boolean): void {
    const query = screenQuery(this.#state, this.#options.size())
    void this.#poller.poll(this.#state.processes, query, anew)
  }

  #look(now: number): void {
    if (now - this.#askedAt.look < LOOK_MS) return
    this.#askedAt.look = now
    const found = this.#options.find()
    if (found && found.length > 0) this.#state = located(this.#state, found, now)
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        this.#options.quit()
        return
      case 'poll':
        clearTimeout(this.#soon)
        this.#soon = setTimeout(() => {
          if (!holdsStill(this.#state)) this.#poll(true)
        }, GATHER_MS)
        return
      case 'ask':
        void this.#ask(effect.target, effect.action)
        return
      case 'act':
        void this.#act(effect.target, effect.action)
        return
      case 'tap':
        void this.#tap(effect.target)
        return
      case 'end-tap':
        this.#tapping?.cancel()
    }
  }

  #access(target: ActorTarget): AdminAccess {
    const process = this.#state.processes.find(({ name }) => name === target.process)
    if (!process) throw new Error(`process ${target.process} is gone`)
    return { agent: this.#poller.agent, token: this.#options.token, url: process.url }
  }

  async #ask(target: ActorTarget, action: ActorAction): Promise<void> {
    const asked = this.#state.dialog
    const tell = (stage: 'confirm' | 'failed', words: string) => {
      if (asked && this.#state.dialog === asked) {
        this.#change({ ...this.#state, dialog: { ...asked, stage, words } })
      }
    }
    try {
      tell('confirm', (await act(this.#access(target), target, action, true)).consequence)
    } catch (error) {
      tell('failed', (error as Error).message)
    }
  }

  async #act(target: ActorTarget, action: ActorAction): Promise<void> {
    const doing = this.#state.dialog
    try {
      const { done, consequence } = await act(this.#access(target), target, action, false)
      if (!done) throw new Error(consequence)
      const words = `${action} ${target.id}: ${consequence}`
      this.#change(say({ ...this.#state, dialog: undefined }, words, false).state)
      this.#perform({ type: 'poll' })
    } catch (error) {
      if (!doing) return
      const words = (error as Error).message
      this.#change({ ...this.#state, dialog: { ...doing, stage: 'failed', words } })
    }
  }

  async #tap(target: ActorTarget): Promise<void> {
    const begun = this.#state.tap
    const end = (change: { reply?: TapReply; failure?: string }) => {
      if (!begun || this.#state.tap !== begun) return
      this.#change({ ...this.#state, tap: { ...begun, ...change } })
    }
    try {
      this.#tapping = tap(this.#access(target), target)
      end({ reply: await this.#tapping.reply })
    } catch (error) {
      end({ failure: (error as Error).message })
    }
  }
}

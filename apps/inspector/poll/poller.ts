// Asks every process for what the screen shows, at the chosen rate. One request a process at a
// time: a process that is slow or gone holds up nobody else, and is never asked twice at once.

import { Agent } from 'node:http'
import { INSPECTOR_ANSWER_MS } from '../../../config/limits.ts'
import type { Snapshot, ViewName } from '../snapshot.ts'
import type { Answer } from '../state/replies.ts'
import { readSnapshot } from './read-snapshot.ts'
import { type JsonAnswer, requestJson } from './request-json.ts'

export interface SnapshotQuery {
  readonly view: ViewName
  readonly sort?: string
  readonly filter?: string
  readonly limit: number
  /** Id of an actor that is wanted in any case. */
  readonly also?: string | undefined
}

export interface PollTarget {
  readonly name: string
  readonly url: string
}

export interface PollEvents {
  answered(answer: Answer, snapshot: Snapshot): void
  failed(answer: Answer, why: string): void
}

export function snapshotUrl(base: string, query: SnapshotQuery): string {
  const url = new URL('/inspector/snapshot', base)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value))
  }
  return url.href
}

export class Poller {
  readonly #events: PollEvents
  readonly #answerMs: number
  readonly agent = new Agent({ keepAlive: true, maxSockets: 4 })
  /** The request in flight, by process. */
  readonly #flying = new Map<string, JsonAnswer>()

  readonly #number: () => number

  /** `number` counts requests, over all pollers that feed one state. */
  constructor(events: PollEvents, number: () => number, answerMs: number = INSPECTOR_ANSWER_MS) {
    this.#events = events
    this.#number = number
    this.#answerMs = answerMs
  }

  /** Asks the processes that owe no answer; with `anew` the others are asked again as well. */
  async poll(targets: readonly PollTarget[], query: SnapshotQuery, anew: boolean): Promise<void> {
    const asked = targets.flatMap((target) => {
      const flying = this.#flying.get(target.name)
      if (flying && !anew) return []
      this.#flying.delete(target.name)
      flying?.cancel()
      return [this.#ask(target, query)]
    })
    await Promise.all(asked)
  }

  stop(): void {
    const flying = [...this.#flying.values()]
    this.#flying.clear()
    for (const request of flying) request.cancel()
    this.agent.destroy()
  }

  async #ask({ name, url }: PollTarget, query: SnapshotQuery): Promise<void> {
    const answer = { process: name, view: query.view, sequence: this.#number() }
    const flying = requestJson({
      url: snapshotUrl(url, query),
      agent: this.agent,
      deadlineMs: this.#answerMs,
    })
    this.#flying.set(name, flying)
    const mine = () => this.#flying.get(name) === flying
    try {
      const snapshot = readSnapshot(await flying.value, query.view)
      if (mine()) this.#events.answered(answer, snapshot)
    } catch (error) {
      if (mine()) this.#events.failed(answer, (error as Error).message)
    } finally {
      if (mine()) this.#flying.delete(name)
    }
  }
}

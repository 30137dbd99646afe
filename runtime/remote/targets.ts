// Targets of messages (kind, key, verb) are written out until the other host has confirmed that it
// knows them, and by number from then on. Numbers only grow; both sides forget the oldest at the
// same place in the lane: a number takes the place of the one LINK_TARGETS_MAX before it.

import { LINK_TARGETS_MAX } from '../../config/limits.ts'
import { type Codec, codecOf } from '../../lib/msgpack/codec.ts'
import type { Cell } from '../cell.ts'
import type { Vocabulary } from '../messages.ts'
import type { Ref } from '../ref.ts'

/** Where messages go, as the sender knows it. */
export interface Route {
  readonly id: number
  readonly to: Ref
  readonly verb: string
  readonly vocabulary: Vocabulary
  readonly codec: Codec<unknown>
  /** The other host knows the number. */
  known: boolean
  /** The version of the vocabulary there, when it is another one. */
  otherVersion: number | undefined
}

type ByKey = Map<string, Route>

export class OutTargets {
  private readonly routes = new Map<Vocabulary, Map<string, ByKey>>()
  private readonly slots: Route[] = []
  private nextId = 0
  private last: Route | undefined
  private versions: ReadonlyMap<string, number> = new Map()

  /** The vocabularies of the other host have become known. */
  learn(versions: ReadonlyMap<string, number>): void {
    this.versions = versions
    for (const route of this.slots) route.otherVersion = this.otherVersion(route.vocabulary)
  }

  private otherVersion({ kind, version }: Vocabulary): number | undefined {
    const there = this.versions.get(kind)
    return there === version ? undefined : there
  }

  find(vocabulary: Vocabulary, to: Ref, verb: string): Route {
    const { last } = this
    if (last?.verb === verb && last.to.key === to.key && last.vocabulary === vocabulary) return last
    const route = this.routes.get(vocabulary)?.get(verb)?.get(to.key)
    this.last = route ?? this.add(vocabulary, to, verb)
    return this.last
  }

  private add(vocabulary: Vocabulary, to: Ref, verb: string): Route {
    const id = this.nextId++
    const slot = id % LINK_TARGETS_MAX
    const old = this.slots[slot]
    if (old) this.routes.get(old.vocabulary)?.get(old.verb)?.delete(old.to.key)
    const codec = codecOf(vocabulary.verbs[verb]?.body ?? NO_BODY)
    const otherVersion = this.otherVersion(vocabulary)
    const route = { id, to, verb, vocabulary, codec, known: false, otherVersion }
    this.slots[slot] = route
    const verbs = this.routes.get(vocabulary) ?? new Map<string, ByKey>()
    this.routes.set(vocabulary, verbs)
    const keys = verbs.get(verb) ?? new Map<string, Route>()
    verbs.set(verb, keys)
    keys.set(to.key, route)
    return route
  }

  known(id: number): void {
    const route = this.slots[id % LINK_TARGETS_MAX]
    if (route?.id === id) route.known = true
  }
}

const NO_BODY = {
  encode(): never {
    throw new Error('unknown verb')
  },
  decode: () => undefined,
}

/** Where messages go, as the receiver knows it. */
export interface Target {
  readonly id: number
  readonly to: Ref
  readonly verb: string
  readonly version: number
  /** The actor that was found last; it may have stopped since. */
  cell: Cell | undefined
  codec: Codec<unknown> | undefined
}

export class InTargets {
  private readonly slots = new Map<number, Target>()

  define(target: Target): void {
    this.slots.set(target.id % LINK_TARGETS_MAX, target)
  }

  find(id: number): Target | undefined {
    const target = this.slots.get(id % LINK_TARGETS_MAX)
    return target?.id === id ? target : undefined
  }
}

// The verbs of a vocabulary by name. A Map, because a name that came over a link may be that of
// something every object has, and because it is asked for at every message.

import type { AskVerb, TellVerb, Vocabulary } from './messages.ts'

export type Verb = TellVerb<unknown> | AskVerb<unknown, unknown>

const tables = new WeakMap<Vocabulary, ReadonlyMap<string, Verb>>()

export function verbTable(vocabulary: Vocabulary): ReadonlyMap<string, Verb> {
  let table = tables.get(vocabulary)
  if (table === undefined) {
    table = new Map(Object.entries(vocabulary.verbs))
    tables.set(vocabulary, table)
  }
  return table
}

// The edge: how code outside actors (HTTP servers, tests, start-up) talks to actors.

import { type Failure, failureText } from './failure.ts'
import type { Host } from './host.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from './messages.ts'
import { ref } from './ref.ts'

export class AskFailed extends Error {
  override readonly name = 'AskFailed'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failureText(failure))
    this.failure = failure
  }
}

export interface Edge {
  tell<V extends Verbs, N extends TellNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
  ): void
  /** Rejects with AskFailed. */
  ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
    options: { readonly within: number },
  ): Promise<Reply<V, N>>
}

export function createEdge(host: Host): Edge {
  let count = 0
  const trace = () => ({ cause: `${host.name}:edge:${count++}`, hop: 0 })
  return {
    tell(vocabulary, key, verb, body) {
      host.route(vocabulary as Vocabulary, {
        form: 'message',
        to: ref(vocabulary.kind, key),
        verb,
        body,
        askId: undefined,
        fromHost: host.name,
        deadline: undefined,
        ...trace(),
      })
    },
    ask(vocabulary, key, verb, body, { within }) {
      return new Promise((resolve, reject) => {
        host.asks.start(
          vocabulary as Vocabulary,
          ref(vocabulary.kind, key),
          verb,
          body,
          {
            within,
            ok: (reply) => resolve(reply as never),
            failed: (failure) => reject(new AskFailed(failure)),
          },
          trace(),
        )
      })
    },
  }
}

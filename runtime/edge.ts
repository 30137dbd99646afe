// The edge: how code outside actors (HTTP servers, tests, start-up) talks to actors.

import { envelope } from './envelope.ts'
import { type Failure, failureText } from './failure.ts'
import type { Host } from './host.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from './messages.ts'
import type { Cause } from './trace/cause.ts'

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
    options?: { readonly cause?: Cause | undefined },
  ): void
  /** Rejects with AskFailed. */
  ask<V extends Verbs, N extends AskNames<V>>(
    vocabulary: Vocabulary<V>,
    key: string,
    verb: N,
    body: Body<V, N>,
    options: { readonly within: number; readonly cause?: Cause | undefined },
  ): Promise<Reply<V, N>>
}

export function createEdge(host: Host): Edge {
  return {
    tell(vocabulary, key, verb, body, options) {
      const route = host.routes.find(vocabulary.kind, key)
      const message = envelope(
        route.to,
        verb,
        body,
        undefined,
        host.name,
        undefined,
        options?.cause,
      )
      host.send(vocabulary as Vocabulary, route, message, undefined)
    },
    ask(vocabulary, key, verb, body, { within, cause }) {
      return new Promise((resolve, reject) => {
        const outcome = {
          within,
          ok: resolve,
          failed: (failure: Failure) => reject(new AskFailed(failure)),
        }
        const route = host.routes.find(vocabulary.kind, key)
        host.asks.start(vocabulary as Vocabulary, route, verb, body, outcome, cause, undefined)
      })
    },
  }
}

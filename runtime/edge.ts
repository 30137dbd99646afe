// The edge: how code outside actors (HTTP servers, tests, start-up) talks to actors.

import { type Failure, failureText } from './failure.ts'
import type { Host } from './host.ts'
import type { AskNames, Body, Reply, TellNames, Verbs, Vocabulary } from './messages.ts'
import { ref } from './ref.ts'
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
      host.route(vocabulary as Vocabulary, {
        to: ref(vocabulary.kind, key),
        verb,
        body,
        askId: undefined,
        fromHost: host.name,
        deadline: undefined,
        cause: options?.cause,
      })
    },
    ask(vocabulary, key, verb, body, { within, cause }) {
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
          cause,
        )
      })
    },
  }
}

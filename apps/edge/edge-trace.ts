// Traces at the edge: a request that brings a W3C traceparent, or that begins a trace, becomes a
// step of it. What the actors do for the request hangs below that step.

import type { Host } from '../../runtime/host.ts'
import { type Cause, newCause } from '../../runtime/trace/cause.ts'
import { parseTraceparent, traceparentText } from '../../runtime/trace/traceparent.ts'

export interface EdgeStep {
  readonly cause: Cause
  /** For the reply's header: the trace, and this step in it. */
  readonly traceparent: string
  /** A step that nobody names is not kept: reads along the way would only hide the rest. */
  name(text: string): void
  end(): void
}

export class EdgeTrace {
  private readonly host: Host
  private readonly part: string

  /** `part` is what the steps are shown under, such as coordinator. */
  constructor(host: Host, part: string) {
    this.host = host
    this.part = part
  }

  /** Undefined when the request brings no trace (or none that can be read) and begins none. */
  begin(header: string | undefined, begins = false): EdgeStep | undefined {
    const given = parseTraceparent(header)
    const { entropy, clock } = this.host.options
    if (!given && !begins) return undefined
    // A trace that begins here has a parent that nobody knows.
    const parent = given ?? newCause(entropy)
    const cause = this.host.tracer.enter(parent)
    const started = clock.now()
    let name: string | undefined
    return {
      cause,
      traceparent: traceparentText(cause),
      name: (text) => {
        name = text
      },
      end: () => {
        const actor = `edge/${this.part}`
        if (name) this.host.tracer.record(parent, cause.span, name, actor, started)
      },
    }
  }
}

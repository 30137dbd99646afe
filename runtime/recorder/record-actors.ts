// The hook for a host: records every incarnation of the actors that are asked for, each into a
// recording of its own.

import type { HostOptions } from '../host.ts'
import { type Ref, refText } from '../ref.ts'
import { Recorder, type Sink } from './recorder.ts'

export interface ActorRecorder {
  readonly wrap: NonNullable<HostOptions['wrap']>
  /** Ends what is being recorded, between two inputs, with the actors' states. */
  end(why: string): void
}

export function recordActors(
  host: string,
  wanted: (target: Ref) => boolean,
  open: (target: Ref, incarnation: number) => Sink,
): ActorRecorder {
  const recorders = new Map<string, Recorder>()
  return {
    wrap(self, incarnation, props) {
      if (!wanted(self)) return undefined
      recorders.get(refText(self))?.end('restarted')
      const recorder = new Recorder(open(self, incarnation), { self, host, incarnation, props })
      recorders.set(refText(self), recorder)
      return recorder
    },
    end(why) {
      for (const recorder of recorders.values()) recorder.end(why)
      recorders.clear()
    },
  }
}

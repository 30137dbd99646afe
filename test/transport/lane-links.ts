// Two ends of a carrier whose frames move one at a time, when told, and whose lanes overtake each
// other in every way that two streams can.

import type { Lane, Link } from '../../runtime/ports.ts'

type Random = (below: number) => number

interface LaneEnd extends Link {
  receive: (frame: Uint8Array, lane: Lane) => void
}

export interface LaneLinks {
  readonly a: Link
  readonly b: Link
  /** Delivers one frame, of a lane and an end chosen by chance. False when nothing is under way. */
  step(): boolean
}

export function laneLinks(random: Random): LaneLinks {
  const queues: { frames: Uint8Array[]; deliver: (frame: Uint8Array) => void }[] = []
  const end = (other: () => LaneEnd): LaneEnd => {
    const lanes = { control: [] as Uint8Array[], data: [] as Uint8Array[] }
    for (const lane of ['control', 'data'] as const) {
      queues.push({ frames: lanes[lane], deliver: (frame) => other().receive(frame, lane) })
    }
    const self: LaneEnd = {
      receive: () => {},
      send: (frame, lane) => lanes[lane].push(frame.slice()) > 0,
      onFrame: (receive) => {
        self.receive = receive
      },
      onDrain: () => {},
      onDown: () => {},
      close: () => {},
    }
    return self
  }
  const a: LaneEnd = end(() => b)
  const b: LaneEnd = end(() => a)
  const step = () => {
    const moving = queues.filter(({ frames }) => frames.length > 0)
    const queue = moving[random(moving.length || 1)]
    const frame = queue?.frames.shift()
    if (!queue || !frame) return false
    queue.deliver(frame)
    return true
  }
  return { a, b, step }
}

// A host with the clock, entropy and scheduler of a real process and nothing else, for benches.

import { Host, type HostOptions } from '../../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'

export function realHost(more: Partial<HostOptions> = {}): Host {
  return new Host({
    name: 'bench',
    place: () => 'bench',
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => {
      throw new Error('no store in this bench')
    },
    tasks: {
      start: () => {
        throw new Error('no tasks in this bench')
      },
    },
    log: (line) => {
      if (line.level === 'error') throw new Error(`${line.event} ${JSON.stringify(line.fields)}`)
    },
    ...more,
  })
}

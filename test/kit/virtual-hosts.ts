// Hosts on virtual time for runtime tests: everything happens when the test says so.

import { prng } from '../../lib/prng.ts'
import { Host } from '../../runtime/host.ts'
import type { LogLine } from '../../runtime/ports.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { Network } from '../../runtime/sim/network.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'

export class VirtualHosts {
  readonly timeline = new Timeline(prng('virtual hosts'))
  readonly network = new Network(this.timeline, prng('virtual network'), NO_FAULTS.network)
  readonly logs: LogLine[] = []

  /** Actors live on the host that their key names, up to a first `/`. */
  host(name: string, tasks?: TaskRunner): Host {
    const { timeline } = this
    const store = new MemoryStore()
    return new Host({
      name,
      place: (_kind, key) => key.split('/')[0] as string,
      clock: {
        now: () => timeline.now,
        wallTime: () => timeline.now,
        after: (ms, run) => timeline.after(ms, run),
      },
      entropy: { random: () => 0 },
      scheduler: (turn) => {
        timeline.after(0, turn)
      },
      storeFor: () => store,
      tasks: tasks ?? { start: () => () => {} },
      log: (line) => this.logs.push(line),
    })
  }

  link(a: Host, b: Host) {
    const ends = this.network.connect(a.name, b.name)
    a.attach(b.name, ends[0])
    b.attach(a.name, ends[1])
    return ends
  }

  run(ms = 0): void {
    this.timeline.runFor(ms)
  }
}

// The watched side of the inspector's bench: a process with a host of many actors and a real admin
// server. It tells its CPU time when asked.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAdmin } from '../../../apps/node/admin/start-admin.ts'
import { localAgent } from '../../../apps/node/agent/local-agent.ts'
import { threadAgent } from '../../../apps/node/agent/thread-agent.ts'
import { HostLog } from '../../../apps/node/host-log.ts'
import { newCounters } from '../../../runtime/metrics/host-counters.ts'
import { counter } from '../runtime/counter-actor.ts'
import { realHost } from '../runtime/real-host.ts'
import { Sink } from '../runtime/sink-messages.ts'

const ACTORS = Number(process.argv[2])
/** So that figures and rows change between two polls. */
const TELL_EVERY_MS = 100

const host = realHost({ counters: newCounters() })
for (let i = 0; i < ACTORS; i++) host.spawn(counter, `actor-${i}`, undefined)
let next = 0
setInterval(() => {
  for (let i = 0; i < 10; i++) host.edge.tell(Sink, `actor-${next++ % ACTORS}`, 'Add', 1)
}, TELL_EVERY_MS)

const dataDirectory = mkdtempSync(join(tmpdir(), 'inspector-cost-'))
const admin = await startAdmin({
  process: host.name,
  nodes: [host.name],
  host,
  threads: () => [
    {
      host: host.name,
      node: host.name,
      state: 'running',
      restarts: 0,
      counters: host.counters.buffer,
      agent: localAgent(threadAgent({ host, stores: () => [] })),
    },
  ],
  dataDirectory,
  token: 'bench',
  port: 0,
  log: new HostLog(dataDirectory, 'bench'),
  validators: [],
  allValidators: [],
  shards: async () => 0,
  isQuorum: () => true,
  schedulerKey: undefined,
  warn: (message) => process.stderr.write(`${message}\n`),
})

process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.send?.({ url: admin.url, actors: host.snapshot().total })

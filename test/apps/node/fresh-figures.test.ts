// What links tell only while somebody reads is there for whoever reads first.

import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { AdminOptions } from '../../../apps/node/admin/admin-options.ts'
import {
  freshFigures,
  METRICS_FRESH_MS,
  readHosts,
} from '../../../apps/node/admin/metrics/read-hosts.ts'
import { LINK } from '../../../runtime/metrics/counters-layout.ts'
import { HostCounters, newCounters } from '../../../runtime/metrics/host-counters.ts'

/** As a link does: it looks for a reader when it sends, and tells its sums a little later. */
async function tellOnceRead(counters: HostCounters, row: Float64Array): Promise<void> {
  while (!counters.isRead(performance.now())) await pause(20)
  await pause(METRICS_FRESH_MS / 2)
  row[LINK.bytesIn] = 700
}

test('the first reader waits for the figures, the next one does not', async () => {
  const counters = new HostCounters(newCounters())
  const row = counters.link('b/chain')
  const threads = () => [{ host: 'a/chain', node: 'a', counters: counters.buffer }]
  const options = { threads } as unknown as AdminOptions
  const fresh = freshFigures(options)
  const bytesIn = () => readHosts(options)[0]?.figures.links[0]?.bytesIn
  const telling = tellOnceRead(counters, row)
  await Promise.all([fresh(), fresh()])
  assert.is(bytesIn(), 700)
  await telling
  const startedAt = performance.now()
  await fresh()
  assert.ok(performance.now() - startedAt < METRICS_FRESH_MS / 2)
})

test.run()

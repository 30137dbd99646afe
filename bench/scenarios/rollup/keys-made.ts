// Validators make the accounts' keys when they start; nothing is measured while any of them does.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchCluster } from '../../harness/bench-cluster.ts'
import type { Progress } from '../../harness/progress.ts'

const KEYS_MS = 300_000
const LOOK_MS = 500
/** Each validator says it once for each of its shards. */
const SAID = '"event":"keys-made"'

function shardsSaid(log: string): number {
  return existsSync(log) ? readFileSync(log, 'utf8').split(SAID).length - 1 : 0
}

/** Throws when it takes longer than five minutes. */
export async function keysMade(
  running: BenchCluster,
  progress: Progress,
  shards = 1,
): Promise<void> {
  const end = Date.now() + KEYS_MS
  const logs = running.nodes().map(({ name }) => {
    return join(running.dataDirectory, 'logs', `${name}.log`)
  })
  for (;;) {
    const left = logs.filter((log) => shardsSaid(log) < shards).length
    if (left === 0) return
    if (Date.now() > end) throw new Error(`${left} validators did not make their keys in time`)
    progress.now(` ${left} of ${logs.length} validators make keys`)
    await new Promise((done) => setTimeout(done, LOOK_MS))
  }
}

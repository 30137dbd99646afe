// Four real validators on hosts of this thread, with an admin server over all of them.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { adminToken } from '../../../apps/node/admin/admin-token.ts'
import { startAdmin } from '../../../apps/node/admin/start-admin.ts'
import { localAgent } from '../../../apps/node/agent/local-agent.ts'
import { threadAgent } from '../../../apps/node/agent/thread-agent.ts'
import { HostLog } from '../../../apps/node/host-log.ts'
import type { Host } from '../../../runtime/host.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { MAIN, startRealChain } from '../gateway/real-chain.ts'

const NODES = ['node0', 'node1', 'node2', 'node3']
const pause = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await holds()) return
    await pause(50)
  }
  assert.unreachable(`never: ${what}`)
}

export async function startChainAdmin() {
  const chain = await startRealChain('node')
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-chain-admin-'))
  const log = new HostLog(folder, 'test')
  // The validators keep their chains in memory: this store has only figures to show.
  const store = new LmdbStore(join(folder, 'store'))
  const threads = NODES.map((node) => {
    const host = chain.hosts.get(`${node}/chain`) as Host
    const stores = () => (node === 'node0' ? [['chain', store] as const] : [])
    return {
      host: host.name,
      node,
      state: 'running' as const,
      restarts: 0,
      counters: host.counters.buffer,
      agent: localAgent(threadAgent({ host, stores })),
    }
  })
  const admin = await startAdmin({
    process: 'test',
    nodes: NODES,
    host: chain.hosts.get(MAIN) as Host,
    threads: () => threads,
    dataDirectory: folder,
    token: adminToken(folder),
    port: 0,
    log,
    validators: NODES,
    allValidators: NODES,
    shards: async () => 0,
    isQuorum: (count) => count >= 3,
    schedulerKey: undefined,
    rpc: () => [{ node: 'node0', figures: chain.gateway.figures() }],
    warn: () => {},
  })
  return {
    chain,
    url: admin.url,
    async rpc(method: string, params: unknown[] = []): Promise<unknown> {
      const answer = await fetch(chain.gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
      return ((await answer.json()) as { result?: unknown }).result
    },
    async stop(): Promise<void> {
      await admin.stop()
      await chain.stop()
      await store.close()
      await log.close()
    },
  }
}

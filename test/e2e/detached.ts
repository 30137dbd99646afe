// A detached cluster as a test sees it: its head, its stop in order, and waiting for what comes.

import { setTimeout as pause } from 'node:timers/promises'
import { createPublicClient, http } from 'viem'
import { type Endpoints, processAlive } from '../../apps/node/endpoints.ts'

export interface Head {
  readonly height: bigint
  readonly hash: string
}

export async function head(rpc: string | undefined): Promise<Head> {
  const client = createPublicClient({ transport: http(rpc), cacheTime: 0 })
  const { number, hash } = await client.getBlock()
  return { height: number ?? 0n, hash: hash ?? '' }
}

export async function until(what: string, good: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await good()) return
    await pause(100)
  }
  throw new Error(`${what} did not happen`)
}

/** How many milliseconds they took; throws when one is still there. */
export async function stopped({ pids }: Endpoints): Promise<number> {
  const asked = performance.now()
  process.kill(pids[0] as number, 'SIGTERM')
  await until('the stop', () => !pids.some(processAlive))
  return performance.now() - asked
}

// What a node makes of the disk that a power cut left: it is mounted, the node started,
// everything that was acknowledged before the cut must be there, and the chain must go on.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { quantity, Rpc } from '../../apps/cli/chaos/rpc.ts'
import { aitbc, killCluster } from '../soak/cluster.ts'
import type { Acknowledged, Recording } from './record.ts'

const START_MS = 120_000
const GOES_ON_MS = 60_000

export interface CutVerdict {
  /** Empty: all is well. */
  readonly wrongs: readonly string[]
  readonly height: number
}

function mounted(image: string, folder: string): string | undefined {
  mkdirSync(folder, { recursive: true })
  const { status, stderr } = spawnSync('mount', ['-o', 'loop', image, folder], { encoding: 'utf8' })
  return status === 0 ? undefined : stderr.trim()
}

async function check(rpc: Rpc, acknowledged: readonly Acknowledged[]): Promise<CutVerdict> {
  const wrongs: string[] = []
  const calls = acknowledged.map(({ hash }) => {
    return { method: 'eth_getTransactionReceipt', params: [hash] }
  })
  const receipts = (await rpc.batch(calls)) as ({ blockHash: string } | null)[]
  for (const [i, { hash, block }] of acknowledged.entries()) {
    const now = receipts[i]?.blockHash
    if (now !== block) wrongs.push(`${hash} was final in ${block}, now ${now ?? 'in no block'}`)
  }
  const height = quantity(await rpc.call('eth_blockNumber'))
  const deadline = Date.now() + GOES_ON_MS
  while (quantity(await rpc.call('eth_blockNumber')) <= height) {
    if (Date.now() > deadline) {
      wrongs.push(`the chain stands still at height ${height}`)
      break
    }
    await pause(200)
  }
  return { wrongs, height }
}

export async function checkCut(
  image: string,
  folder: string,
  { topologyFile, passwordFile }: Pick<Recording, 'topologyFile' | 'passwordFile'>,
  acknowledged: readonly Acknowledged[],
): Promise<CutVerdict> {
  const fault = mounted(image, folder)
  if (fault !== undefined) return { wrongs: [`the file system: ${fault}`], height: 0 }
  const data = join(folder, 'data')
  const own = ['--data', data, '--password-file', passwordFile]
  const up = ['up', topologyFile, '--ports', 'auto', '--detach', '--json', ...own]
  try {
    const started = JSON.parse(aitbc(up, START_MS)) as {
      endpoints: { rpc: string }
      pids: number[]
    }
    try {
      return await check(new Rpc(started.endpoints.rpc), acknowledged)
    } finally {
      killCluster({ ...started, dataDirectory: data, nodes: [], accounts: [] } as never)
    }
  } catch (error) {
    const told = (error as { stderr?: string }).stderr ?? (error as Error).message
    return { wrongs: [`the node does not start: ${told.trim().slice(0, 400)}`], height: 0 }
  } finally {
    await pause(300)
    spawnSync('umount', [folder])
  }
}

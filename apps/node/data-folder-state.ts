// The data folder before a start: is it ours, of this network, and not in use?

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Network } from '../../config/network.ts'
import { processAlive, readEndpoints } from './endpoints.ts'
import { StartError } from './start-error.ts'

/** Throws StartError; otherwise the folder is there and says which network it belongs to. */
export function claimDataFolder(folder: string, network: Network): void {
  const running = readEndpoints(folder)
    ?.pids.filter((pid) => pid !== process.pid)
    .find(processAlive)
  if (running) {
    throw new StartError(
      'ALREADY_RUNNING',
      `process ${running} already runs a cluster on ${folder}`,
    )
  }
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'network.json')
  const { name, genesisHash, validatorSetHash } = network
  if (existsSync(file)) {
    const known = JSON.parse(readFileSync(file, 'utf8')) as { genesisHash?: string }
    if (known.genesisHash === genesisHash) return
    throw new StartError(
      'STATE_MISMATCH',
      `its chain began with ${known.genesisHash}, network ${name} begins with ${genesisHash}`,
    )
  }
  writeFileSync(file, `${JSON.stringify({ name, genesisHash, validatorSetHash }, null, 2)}\n`)
}

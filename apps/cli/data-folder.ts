// What a command may do with a data folder before a cluster starts in it.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { processAlive, readEndpoints } from '../node/endpoints.ts'
import { CliError } from './cli-error.ts'

/** Files that only a cluster of ours writes: proof that a folder may be emptied. */
const MARKERS = ['network.json', 'endpoints.json', 'up.log']

/** Throws CliError ALREADY_RUNNING. */
export function refuseWhenRunning(data: string): void {
  const running = readEndpoints(data)
  if (!running?.pids.some(processAlive)) return
  throw new CliError(
    'ALREADY_RUNNING',
    `a cluster already runs with ${data}`,
    `process ${running.pids.join(', ')} answers at ${running.endpoints.rpc}`,
    'stop it with ./aitbc down, or give another folder with --data',
  )
}

/** Everything but the keys of nodes, which nothing can bring back. */
function emptyFolder(data: string): void {
  for (const entry of readdirSync(data)) {
    if (entry !== 'nodes') rmSync(join(data, entry), { recursive: true })
  }
  const nodes = join(data, 'nodes')
  for (const node of existsSync(nodes) ? readdirSync(nodes) : []) {
    for (const entry of readdirSync(join(nodes, node))) {
      if (entry !== 'keys') rmSync(join(nodes, node, entry), { recursive: true })
    }
  }
}

/** Empties the folder; false when it was empty. Throws CliError BAD_VALUE for a foreign one. */
export function resetData(data: string): boolean {
  if (!existsSync(data)) return false
  const entries = readdirSync(data)
  if (entries.length > 0 && !MARKERS.some((marker) => existsSync(join(data, marker)))) {
    throw new CliError(
      'BAD_VALUE',
      `${data} is not reset`,
      'it holds files, but none that a cluster writes',
      'check --data, or empty the folder yourself',
    )
  }
  emptyFolder(data)
  return entries.length > 0
}

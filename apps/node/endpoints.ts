// endpoints.json: how everything else (CLI, tests, tools) finds a running cluster.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from '../../lib/hex.ts'
import type { NodeAddresses } from './node-addresses.ts'

export interface Endpoints {
  readonly ready: true
  readonly endpoints: { readonly rpc: string; readonly ws: string; readonly api: string }
  readonly accounts: readonly {
    readonly name: string
    readonly address: Hex
    readonly privateKey: Hex
  }[]
  /** Of all processes; that which looks after the others first. */
  readonly pids: readonly number[]
  /** Absent in files of before. */
  readonly nodes?: readonly NodeEndpoints[]
}

export interface NodeEndpoints extends NodeAddresses {
  readonly name: string
  readonly process: string
  /** 0 while it is down. */
  readonly pid: number
  /** Base URL of the admin server of its process; empty until it has run. */
  readonly admin: string
}

export function endpointsFile(dataDirectory: string): string {
  return join(dataDirectory, 'endpoints.json')
}

/** Undefined when the file is missing or unreadable: no cluster has become ready there. */
export function readEndpoints(dataDirectory: string): Endpoints | undefined {
  try {
    const value = JSON.parse(readFileSync(endpointsFile(dataDirectory), 'utf8')) as Endpoints
    return value.ready === true && Array.isArray(value.pids) ? value : undefined
  } catch {
    return undefined
  }
}

export function writeEndpoints(dataDirectory: string, endpoints: Endpoints): void {
  mkdirSync(dataDirectory, { recursive: true })
  const file = endpointsFile(dataDirectory)
  writeFileSync(`${file}.new`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function removeEndpoints(dataDirectory: string): void {
  rmSync(endpointsFile(dataDirectory), { force: true })
}

/** A process that has ended but that nobody has waited for still has its number. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z'
  } catch {
    return false
  }
}

/** True while the process runs (also one that belongs to somebody else). */
export function processAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

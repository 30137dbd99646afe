// Runs a program in namespaces of its own for mounts, networks and processes. Whatever it makes in
// there (interfaces, mounts, processes) the kernel removes when it ends, however it ends: nothing
// has to be cleaned up, and no address of the rig exists outside.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processAlive } from '../../../../apps/node/endpoints.ts'

const PREFIX = 'aitbc-e2e-'

/** A folder for this run; those of runs that were killed before they could tidy up are removed. */
export function runFolder(): string {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(PREFIX) ? Number(entry.slice(PREFIX.length)) : 0
    if (pid > 0 && !processAlive(pid)) rmSync(join(tmpdir(), entry), { recursive: true })
  }
  const folder = join(tmpdir(), `${PREFIX}${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

/** Gives the folder of a run that did not end well a name under which no later run removes it. */
export function keepFolder(folder: string): string {
  const kept = folder.replace(PREFIX, `${PREFIX}kept-`)
  rmSync(kept, { recursive: true, force: true })
  renameSync(folder, kept)
  return kept
}

export const UNSHARE = [
  '--mount',
  '--net',
  '--pid',
  '--fork',
  '--kill-child=SIGKILL',
  '--mount-proc',
]

/** Exit status of the program; 124 when it took longer than `limitMs`, 130 when interrupted. */
export async function enclosed(args: readonly string[], limitMs: number): Promise<number> {
  // Its end of this pipe tells the program that nobody waits for it any more.
  const stdio: ['pipe', 'inherit', 'inherit'] = ['pipe', 'inherit', 'inherit']
  const child: ChildProcess = spawn('unshare', [...UNSHARE, process.execPath, ...args], {
    stdio,
    detached: true,
  })
  let status: number | undefined
  const end = (why: number) => {
    status ??= why
    child.kill('SIGKILL')
  }
  const interrupted = () => end(130)
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', interrupted)
  const timer = setTimeout(() => end(124), limitMs)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearTimeout(timer)
  process.off('SIGINT', interrupted)
  process.off('SIGTERM', interrupted)
  return status ?? code ?? 1
}

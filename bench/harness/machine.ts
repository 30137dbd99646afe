// Where and with what a figure was made.

import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { packageRoot } from '../../lib/package-root.ts'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory_mb: number
  readonly kernel: string
  readonly node: string
  readonly commit: string
  /** Of the last minute, before anything of the bench ran. */
  readonly load_before: number
  readonly started_at: string
}

function commit(): string {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: packageRoot() })
  return git.status === 0 ? String(git.stdout).trim() : 'unknown'
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_mb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    commit: commit(),
    load_before: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    started_at: new Date().toISOString(),
  }
}

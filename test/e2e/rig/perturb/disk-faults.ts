// A disk without room, and a disk that fails to sync: for one node, without a trace in its code.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { RigError } from '../rig-error.ts'

/** Room of a healthy disk: nodes say that they are not ready with too little. */
const ROOM = '2g'
const TRIES = 20
const FOLLOW_MS = 100
const CALLS = 'fdatasync,fsync,msync'

function mount(options: string, folder: string): { ok: boolean; why: string } {
  const args = ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
  return { ok: status === 0, why: stderr?.trim() ?? '' }
}

/** Makes the folder a disk of its own. Only inside the rig's own mounts. */
export function ownDisk(folder: string): void {
  const { ok, why } = mount(`size=${ROOM}`, folder)
  if (!ok) throw new RigError(`no disk of its own for ${folder}`, why, 'allow tmpfs mounts')
}

/** Leaves the disk as large as what is on it. */
export function fillDisk(folder: string): void {
  for (let i = 0; i < TRIES; i++) {
    const { blocks, bfree, bsize } = statfsSync(folder)
    // What is written between the two calls makes the size too small, and the mount refuses it.
    if (mount(`remount,size=${(blocks - bfree) * bsize}`, folder).ok) return
  }
  throw new RigError(`the disk ${folder} cannot be filled`, 'it grows too fast', 'lower the load')
}

export function freeDisk(folder: string): void {
  mount(`remount,size=${ROOM}`, folder)
}

/** Every sync of the process fails with EIO until `stop`; of its successors too. */
export class FailingSync {
  private tracer: ChildProcess | undefined
  private traced = 0
  private stopped = false
  private readonly running: Promise<void>

  /** `pid` is 0 while the process is down. */
  constructor(pid: () => number) {
    this.running = this.follow(pid)
  }

  private async follow(pid: () => number): Promise<void> {
    for (; !this.stopped; await pause(FOLLOW_MS)) {
      const now = pid()
      if (now === 0 || now === this.traced) continue
      this.traced = now
      const inject = ['-e', `trace=${CALLS}`, '-e', `inject=${CALLS}:error=EIO`]
      this.tracer?.kill('SIGKILL')
      this.tracer = spawn(
        'strace',
        ['-f', '-qq', '-o', '/dev/null', ...inject, '-p', String(now)],
        {
          stdio: 'ignore',
          detached: true,
        },
      )
    }
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.running
    // It lets go of the process when it is asked to end; killed, it would take it along.
    this.tracer?.kill('SIGTERM')
  }
}

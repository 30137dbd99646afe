// What the processes of a run use of the machine, by role, as the kernel counts it (proc(5)).

import { readFileSync } from 'node:fs'
import { statFields } from '../load/consensus/processor-time.ts'

export type Role = 'validator' | 'sequencer' | 'generator' | 'client' | 'other'

export interface RoleProcess {
  readonly role: Role
  readonly pid: number
}

/** CLK_TCK of Linux, which is the same on every machine that Node.js runs on. */
const TICK_MS = 10

export interface Usage {
  readonly cpuMs: number
  /** Resident, pages of files that are mapped among it: the kernel takes those back when it must. */
  readonly rssBytes: number
  /** Of it what is in no file: heaps, stacks, buffers. */
  readonly ownBytes: number
}

const NOTHING: Usage = { cpuMs: 0, rssBytes: 0, ownBytes: 0 }

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

function cpuOf(stat: string): number {
  const fields = statFields(stat)
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Nothing of a process that is gone. */
export function usageOf(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      cpuMs: cpuOf(stat),
      rssBytes: field(status, 'VmRSS') * 1024,
      ownBytes: field(status, 'RssAnon') * 1024,
    }
  } catch {
    return NOTHING
  }
}

export interface RoleUsage {
  readonly cpuMs: number
  /** The most that one process of the role held at any look. */
  readonly rssMaxBytes: number
}

export const LOOK_MS = 500
/** An hour of them. */
const LOOKS_MAX = 7200

/** Looks at the processes of a run from now until `stop`. */
export class UsageWatch {
  private readonly processes: readonly RoleProcess[]
  private readonly before: readonly Usage[]
  private readonly rssMax: number[]
  /** At each look, what the largest process held that is not the generator, and of it no file's. */
  readonly largest: Omit<Usage, 'cpuMs'>[] = []
  private readonly timer: NodeJS.Timeout

  constructor(processes: readonly RoleProcess[]) {
    this.processes = processes
    this.before = processes.map(({ pid }) => usageOf(pid))
    this.rssMax = this.before.map(({ rssBytes }) => rssBytes)
    this.timer = setInterval(() => this.look(), LOOK_MS)
  }

  private look(): void {
    let largest: Omit<Usage, 'cpuMs'> = NOTHING
    for (const [i, { role, pid }] of this.processes.entries()) {
      const { rssBytes, ownBytes } = usageOf(pid)
      this.rssMax[i] = Math.max(this.rssMax[i] as number, rssBytes)
      if (role !== 'generator' && rssBytes > largest.rssBytes) largest = { rssBytes, ownBytes }
    }
    if (this.largest.length < LOOKS_MAX) this.largest.push(largest)
  }

  stop(): Map<Role, RoleUsage> {
    clearInterval(this.timer)
    this.look()
    const found = new Map<Role, RoleUsage>()
    for (const [i, { role, pid }] of this.processes.entries()) {
      const after = usageOf(pid)
      const before = this.before[i] as Usage
      const sum = found.get(role) ?? { cpuMs: 0, rssMaxBytes: 0 }
      found.set(role, {
        // What was killed meanwhile is not there to be asked.
        cpuMs: sum.cpuMs + Math.max(0, after.cpuMs - before.cpuMs),
        rssMaxBytes: Math.max(sum.rssMaxBytes, this.rssMax[i] as number),
      })
    }
    return found
  }
}

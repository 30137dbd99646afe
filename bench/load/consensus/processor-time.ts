// What processes have used of the processors, as the kernel counts it (proc(5)).

import { readFileSync } from 'node:fs'

/** CLK_TCK of Linux, which is the same on every machine that Node.js runs on. */
const TICK_MS = 10

/** The fields of /proc/PID/stat after the name, which may hold anything: field 3 comes first. */
export function statFields(text: string): string[] {
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function read(pid: number): string[] {
  return statFields(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** User and system time since the process began, all its threads. Throws if it is gone. */
export function processorMs(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    const fields = read(pid)
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * TICK_MS
}

/** Unix milliseconds at which the process was executed, to a few hundredths of a second. */
export function executedAtMs(pid: number): number {
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000
  const now = Date.now()
  return now - (uptimeMs - Number(read(pid)[19]) * TICK_MS)
}
